import { defineFunction, str } from '../../../jinja/index.js'
import { parsingMetric } from '../../context/metric-reference.js'
import { refFunction } from '../../context/ref-function.js'
import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { asList, asText, isMapping } from '../../project/yaml-file.js'
import { below } from '../files/files.js'
import { parseContext, yamlContext } from '../scope/parse-context.js'
import { keep, keepDisabled, type ParseScope, parseEachEntry } from '../scope/parse-scope.js'
import type { Property } from '../yaml/properties.js'
import { renderYaml } from '../yaml/yaml-values.js'

/** `exposures:` of the properties files. */
export function parseExposures(scope: ParseScope): void {
  parseEachEntry(scope, scope.properties.ofKind('exposures'), 'exposures', (property) =>
    scope.diagnostics.attempt(() => parseExposure(scope, property), property.at),
  )
}

function parseExposure(scope: ParseScope, property: Property): void {
  const { name, package: own, file } = property
  const values = renderYaml(
    property.values,
    yamlContext(scope, own),
    property,
    (key) => key === 'description' || key === 'depends_on',
  ) as Record<string, unknown>
  if (!/^[\w]+$/.test(name))
    scope.diagnostics.warn({
      code: 'TRANSFORM_YAML_INVALID',
      message: `The name of the exposure '${name}' may have letters, digits and underscores only.`,
      event: { name: 'ExposureNameDeprecation', data: { exposure: name } },
      at: property.at,
    })
  const fqn = [own.name, ...file.split('/').slice(1, -1), name]
  // What stands beside the config adds to it.
  const beside = Object.fromEntries(
    ['tags', 'meta'].flatMap((key) => (values[key] == null ? [] : [[key, values[key]]])),
  )
  const configured = isMapping(values.config) ? values.config : {}
  const request = { type: 'exposure' as const, fqn, own, yaml: [beside, configured], inline: [] }
  const written = scope.configs.unrendered({ ...request, yaml: [configured] })
  if (written.tags === null)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: 'Field "tags" of type List[str] in ExposureConfig has invalid value None',
      at: property.at,
      hint: 'Write `tags: []`, or leave it out.',
    })
  const config = scope.configs.config(request)
  const tags = [...(config.tags as string[])].sort()
  // Of exposures dbt_project.yml may say it without a plus, as a mapping that is no folder.
  const { meta: general } = isMapping(own.configs.exposures) ? own.configs.exposures : {}
  const meta = { ...(isMapping(general) ? general : {}), ...(config.meta as object) }
  const { refs, sources, metrics } = references(scope, property)
  const exposure = {
    unique_id: `exposure.${own.name}.${name}`,
    resource_type: 'exposure' as const,
    name,
    package_name: own.name,
    path: below(file),
    original_file_path: file,
    fqn,
    type: asText(values.type),
    owner: { email: null, name: null, ...(isMapping(values.owner) ? values.owner : {}) },
    description: scope.docs.describe(values.description, own.name, () => property.at, yamlContext(scope, own)).text,
    label: values.label ?? null,
    maturity: values.maturity ?? null,
    url: values.url ?? null,
    meta,
    tags,
    config: { ...config, tags, meta },
    unrendered_config: written,
    refs,
    sources,
    metrics,
    depends_on: { macros: [], nodes: [] as string[] },
    created_at: scope.createdAt,
  }
  if (config.enabled === false) {
    keepDisabled(scope, exposure)
    return
  }
  keep(scope, 'exposures', exposure)
  scope.unresolvedExposures.push(exposure)
}

/** What `depends_on: [ref('x'), source('a', 'b')]` names. */
function references(scope: ParseScope, property: Property): Pick<ManifestNode, 'refs' | 'sources' | 'metrics'> {
  const refs: ManifestNode['refs'] = []
  const metrics: string[][] = []
  const sources: [string, string][] = []
  const { context } = parseContext(scope, property.package)
  context
    .set(
      'ref',
      refFunction((name, packageName, version) => {
        refs.push({ name, package: packageName, version })
        return ''
      }),
    )
    .set(
      'source',
      defineFunction('source', ['source_name', 'table_name'], (source: unknown, table: unknown) => {
        sources.push([str(source), str(table)])
        return ''
      }),
    )
    .set(
      'metric',
      parsingMetric((names) => metrics.push(names)),
    )
  for (const entry of asList(property.values.depends_on)) {
    const text = asText(entry)
    const source = text.includes('{{') ? text : `{{ ${text} }}`
    scope.environment.compile({ name: property.file, source }).renderSync(context)
  }
  return { refs, sources, metrics }
}
