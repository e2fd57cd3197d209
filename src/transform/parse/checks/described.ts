import { didYouMean } from '../../../base/index.js'
import type { ResourceType } from '../../contract.js'
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
