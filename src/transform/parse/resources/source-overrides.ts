import { asText, isMapping, mappings } from '../../project/yaml-file.js'
import { yamlContext } from '../scope/parse-context.js'
import type { ParseScope } from '../scope/parse-scope.js'
import { entryKey, type Property } from '../yaml/properties.js'
import { renderEntry } from '../yaml/yaml-values.js'

/** A source as it counts: as its package wrote it, with what an entry of another package `overrides` of it. */
export interface EffectiveSource extends Property {
  readonly overriddenBy?: Property | undefined
}

/** Which package's source an entry is about, when it is none itself. */
export const overriddenPackage = ({ values }: Property): string | undefined =>
  typeof values.overrides === 'string' ? values.overrides : undefined

/**
 * The entry of a source with what overrides it, under the name that a template in its place makes. Which entries of
 * other packages that might be is noted as read.
 */
export function effectiveSource(scope: ParseScope, property: Property): EffectiveSource {
  const { package: own, kind, hasVersions, file, locate, at } = property
  const name = asText(renderEntry(property.name, () => yamlContext(scope, own), property))
  const same = { kind, hasVersions, package: own, file, locate, at }
  for (const other of scope.packages) if (other !== own) scope.tracker.read(entryKey(other, 'sources', name))
  const patch = scope.properties
    .ofKind('sources')
    .find((one) => one.name === name && one.package !== own && overriddenPackage(one) === own.name)
  if (!patch) return name === property.name ? property : { ...same, name, values: property.values }
  const { tables, ...source } = changes(patch.values, ['name', 'overrides'])
  const values = {
    ...property.values,
    ...source,
    tables: mappings(property.values.tables).map((table) => {
      const change = mappings(tables).find((one) => one.name === table.name)
      return change ? { ...table, ...changes(change, ['name']) } : table
    }),
  }
  return { ...same, name, values, overriddenBy: patch }
}

/** What an entry changes; a null says nothing, but of freshness that there is none. */
function changes(values: Record<string, unknown>, without: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => !without.includes(key) && (value !== null || key === 'freshness')),
  )
}

/** An entry that overrides: dbt would rather have the source disabled; one that meets nothing is told. */
export function checkOverride(scope: ParseScope, property: Property): void {
  const { name, file, at } = property
  const target = overriddenPackage(property)
  scope.diagnostics.warn({
    code: 'TRANSFORM_YAML_INVALID',
    message: `The source property \`overrides\` is deprecated but was found on source \`${name}\` in file \`${file}\`.`,
    event: { name: 'SourceOverrideDeprecation', data: { source_name: name, file } },
    at,
    hint: 'Disable the unwanted source with `enabled`, and describe one of your own.',
  })
  const overridden = scope.properties
    .ofKind('sources')
    .find((one) => one.name === name && one.package.name === target && overriddenPackage(one) === undefined)
  const known = new Set(mappings(overridden?.values.tables).map((table) => table.name))
  const unused = overridden
    ? mappings(property.values.tables).filter((table) => isMapping(table) && !known.has(table.name))
    : mappings(property.values.tables)
  if (overridden && unused.length === 0) return
  const unused_tables = [
    `Source ${target}.${name} (in ${file})`,
    ...unused.map((table) => `Source table ${target}.${name}.${table.name} (in ${file})`),
  ]
  scope.diagnostics.warn({
    code: 'TRANSFORM_YAML_INVALID',
    message: `\`overrides\` of the source ${target}.${name} meets nothing: ${overridden ? `the tables ${unused.map((table) => table.name).join(', ')} are not there` : `there is no such source in the package ${target}`}.`,
    event: { name: 'UnusedTables', data: { unused_tables } },
    at,
    hint: 'Compare the names with the properties files of the package.',
  })
}
