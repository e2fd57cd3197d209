import { defineFunction, str } from '../../jinja/index.js'
import { refFunction } from '../context/ref-function.js'
import type { ManifestNode } from '../contract.js'
import { asList, asText, isMapping } from '../project/yaml-file.js'
import { parseContext, yamlContext } from './parse-context.js'
import { keep, keepDisabled, type ParseScope } from './parse-scope.js'
import { configOf, type Property } from './properties.js'
import { renderYaml } from './yaml-values.js'

/** `exposures:`, `groups:` and `macros:` of the properties files. */
export function parseExposures(scope: ParseScope): void {
  for (const property of scope.properties.ofKind('exposures'))
    if (!scope.tracker.isClean(property.package, property.file))
      scope.tracker.within(property.package, property.file, 'exposures', () =>
        scope.diagnostics.attempt(() => parseExposure(scope, property), property.at),
      )
}

function parseExposure(scope: ParseScope, property: Property): void {
  const { name, package: own, file } = property
  const values = renderYaml(
    property.values,
    yamlContext(scope, own),
    file,
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
  const yaml = [configOf(values)]
  const config = scope.configs.config({ type: 'exposure', fqn, own, yaml, inline: [] })
  const { refs, sources } = references(scope, property)
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
    description: scope.docs.describe(values.description, own.name, property.at, yamlContext(scope, own)).text,
    label: values.label ?? null,
    maturity: values.maturity ?? null,
    url: values.url ?? null,
    meta: config.meta,
    tags: config.tags,
    config: { enabled: config.enabled, tags: config.tags, meta: config.meta },
    unrendered_config: isMapping(values.config) ? values.config : {},
    refs,
    sources,
    metrics: [],
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

/** From the package's root to below the first folder. */
export const below = (file: string) => file.split('/').slice(1).join('/')

/** What `depends_on: [ref('x'), source('a', 'b')]` names. */
function references(scope: ParseScope, property: Property): Pick<ManifestNode, 'refs' | 'sources'> {
  const refs: ManifestNode['refs'] = []
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
    .set('metric', () => '')
  for (const entry of asList(property.values.depends_on)) {
    const text = asText(entry)
    const source = text.includes('{{') ? text : `{{ ${text} }}`
    scope.environment.compile({ name: property.file, source }).renderSync(context)
  }
  return { refs, sources }
}

export function parseGroups(scope: ParseScope): void {
  for (const property of scope.properties.ofKind('groups')) {
    if (scope.tracker.isClean(property.package, property.file)) continue
    scope.tracker.within(property.package, property.file, 'groups', () => parseGroup(scope, property))
  }
}

function parseGroup(scope: ParseScope, property: Property): void {
  const { name, package: own, file, values } = property
  const id = `group.${own.name}.${name}`
  keep(scope, 'groups', {
    unique_id: id,
    resource_type: 'group',
    name,
    package_name: own.name,
    path: below(file),
    original_file_path: file,
    owner: { email: null, name: null, ...(isMapping(values.owner) ? values.owner : {}) },
    description: scope.docs.describe(values.description, own.name, property.at).text || null,
    config: isMapping(values.config) ? values.config : {},
  })
}

/** Descriptions and arguments of macros. */
export function patchMacros(scope: ParseScope): void {
  for (const property of scope.properties.ofKind('macros')) {
    const { name, package: own, file, values } = property
    const macro = scope.registry.findIn(own.name, name)
    if (!macro) {
      scope.diagnostics.warn({
        code: 'TRANSFORM_YAML_INVALID',
        message: `${file} describes the macro '${name}', which does not exist.`,
        event: { name: 'MacroNotFoundForPatch', data: { patch_name: name } },
        at: property.at,
      })
      continue
    }
    const config = isMapping(values.config) ? values.config : {}
    const meta = { ...(isMapping(values.meta) ? values.meta : {}), ...(isMapping(config.meta) ? config.meta : {}) }
    macro.description = scope.docs.describe(values.description, own.name, property.at).text
    macro.meta = meta
    macro.patch_path = `${own.name}://${file}`
    macro.arguments = asList(values.arguments)
      .filter(isMapping)
      .map((argument) => ({
        name: argument.name,
        type: argument.type ?? null,
        description: scope.docs.describe(argument.description, own.name, property.at).text,
      }))
    if (isMapping(values.docs))
      macro.docs = { show: values.docs.show !== false, node_color: asText(values.docs.node_color) || null }
  }
}
