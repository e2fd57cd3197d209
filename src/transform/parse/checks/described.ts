import { didYouMean } from '../../../base/index.js'
import type { ResourceType } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { isMapping } from '../../project/yaml-file.js'
import type { ParseScope } from '../scope/parse-scope.js'
import type { Property } from '../yaml/properties.js'

/** A properties file describes what is not there: its name is wrong, or it was removed. */
export function warnOfNoNode({ manifest, diagnostics }: ParseScope, property: Property, type: ResourceType): void {
  const { name, kind, file, at } = property
  diagnostics.warn({
    code: 'TRANSFORM_YAML_INVALID',
    message: `${file} describes the ${type} '${name}', which does not exist.`,
    event: { name: 'NoNodeForYamlKey', data: { patch_name: name, yaml_key: kind, file_path: file } },
    at,
    hint: didYouMean(
      name,
      Object.values(manifest.nodes)
        .filter((node) => node.resource_type === type)
        .map((node) => node.name),
    ),
  })
}

/** A properties file cannot say which of several files of one name it enables. @throws TRANSFORM_YAML_INVALID */
export function checkOneIsEnabled({ manifest }: ParseScope, property: Property, id: string): void {
  const disabled = manifest.disabled[id] ?? []
  const { name, values } = property
  if (disabled.length < 2 || !isMapping(values.config) || values.config.enabled !== true) return
  const files = disabled.map(({ original_file_path }) => String(original_file_path))
  throw transformErrors.create('TRANSFORM_YAML_INVALID', {
    message: `Found ${files.length} matching disabled nodes for ${String(disabled[0]?.resource_type)} '${name}'. Multiple nodes for the same unique id cannot be enabled in the schema file. They must be enabled in \`dbt_project.yml\` or in the sql files.`,
    at: property.locate(['config', 'enabled']),
    hint: `They are ${files.join(', ')}: enable the one that is meant there.`,
    data: { dbtType: 'Parsing' },
  })
}

/** Analyses and singular tests are described only; models, seeds and snapshots are looked up for their tests. */
export function checkDescribed(scope: ParseScope): void {
  for (const [kind, type] of [
    ['analyses', 'analysis'],
    ['data_tests', 'test'],
  ] as const)
    for (const property of scope.properties.ofKind(kind)) {
      const { package: own, file, name } = property
      if (scope.tracker.isClean(own, file)) continue
      scope.tracker.again(own, file, () => {
        const id = `${type}.${own.name}.${name}`
        if (!(id in scope.manifest.nodes || id in scope.manifest.disabled)) warnOfNoNode(scope, property, type)
      })
    }
}
