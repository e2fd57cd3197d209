import { transformErrors } from '../../errors.js'
import { compareModelVersions } from '../../graph/model-versions.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { asList, isMapping, mappings } from '../../project/yaml-file.js'
import type { ConfigValues } from '../configs/config-fields.js'
import type { ParseScope } from '../scope/parse-scope.js'
import { configOf, type Property } from '../yaml/properties.js'

export interface ModelVersion {
  readonly property: Property
  readonly version: string | number
  readonly latest: string | number
  readonly config: ConfigValues
  readonly columns: readonly Record<string, unknown>[]
  readonly tests: unknown
  readonly constraints: unknown
  readonly description: unknown
  readonly deprecationDate: unknown
}

/** The versions that a model's entry declares; empty for a model without versions. */
export function versionsOf(property: Property): ModelVersion[] {
  const versions = mappings(property.values.versions).filter(({ v }) => typeof v === 'string' || typeof v === 'number')
  if (versions.length === 0) return []
  const numbers = versions.map(({ v }) => v as string | number)
  const declared = property.values.latest_version
  const latest =
    typeof declared === 'string' || typeof declared === 'number'
      ? declared
      : (numbers.reduce((a, b) => (compareModelVersions(a, b) >= 0 ? a : b)) as string | number)
  return versions.map((values) => ({
    property,
    version: values.v as string | number,
    latest,
    config: configOf(values),
    columns: columnsOf(property, values),
    tests: values.data_tests ?? values.tests ?? property.values.data_tests ?? property.values.tests,
    constraints: values.constraints,
    description: values.description,
    deprecationDate: values.deprecation_date,
  }))
}

/** The versions of a package's models, by the name of the file that holds the SQL. */
export function modelVersions(scope: ParseScope, own: DbtPackage): Map<string, ModelVersion> {
  const byFile = new Map<string, ModelVersion>()
  for (const property of scope.properties.ofKind('models')) {
    if (property.package !== own || !property.hasVersions) continue
    const declared = mappings(property.values.versions)
    for (const [i, version] of versionsOf(property).entries()) {
      const { defined_in: file } = declared[i] ?? {}
      const stem = typeof file === 'string' ? file.replace(/\.sql$/, '') : `${property.name}_v${version.version}`
      byFile.set(stem, version)
      // The latest version may keep the plain file name.
      if (typeof file !== 'string' && version.version === version.latest && !byFile.has(property.name))
        byFile.set(property.name, version)
    }
    if (property.values.latest_version !== undefined && declared.length > 0) checkLatest(property, declared)
  }
  return byFile
}

function checkLatest(property: Property, declared: readonly Record<string, unknown>[]): void {
  if (declared.some(({ v }) => String(v) === String(property.values.latest_version))) return
  throw transformErrors.create('TRANSFORM_YAML_INVALID', {
    message: `latest_version of '${property.name}' is ${String(property.values.latest_version)}, which is none of its versions.`,
    at: property.locate(['latest_version']),
    hint: `Its versions are ${declared.map(({ v }) => String(v)).join(', ')}.`,
  })
}

/** `- include: all` with `exclude:` takes the model's columns; others of the version come on top. */
function columnsOf(property: Property, version: Record<string, unknown>): Record<string, unknown>[] {
  const base = mappings(property.values.columns)
  if (version.columns === undefined) return base
  const listed = mappings(version.columns)
  const rule = listed.find((column) => 'include' in column)
  const own = listed.filter((column) => !('include' in column))
  const names = new Set(own.map(({ name }) => name))
  const excluded = new Set(asList(rule?.exclude))
  const included = base.filter(({ name }) => {
    if (rule === undefined) return false
    const isIncluded = rule.include === 'all' || rule.include === '*' || asList(rule.include).includes(name)
    return isIncluded && !excluded.has(name) && !names.has(name)
  })
  return [...included, ...own.filter(isMapping)]
}
