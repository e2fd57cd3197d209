import { createHash } from 'node:crypto'
import { repr, str } from '../../../jinja/index.js'
import type { ManifestNode, ManifestResource } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { asList, asText, isMapping, mappings } from '../../project/yaml-file.js'
import { dataclass, enumMember } from '../../python/dataclass.js'
import { toPython } from '../../python/values.js'
import { below } from '../files/files.js'
import { yamlContext } from '../scope/parse-context.js'
import { keep, keepDisabled, type ParseScope, parseEachEntry } from '../scope/parse-scope.js'
import { configOf, type Property } from '../yaml/properties.js'
import { renderEntry } from '../yaml/yaml-values.js'
import { rowsOf, type UnitTestRows } from './unit-test-rows.js'

/** `unit_tests:` of the properties files; a versioned model has one per version. */
export function parseUnitTests(scope: ParseScope): void {
  parseEachEntry(scope, scope.properties.ofKind('unit_tests'), 'unit_tests', (property) =>
    scope.diagnostics.attempt(() => parseUnitTest(scope, property), property.at),
  )
}

type Values = Readonly<Record<string, unknown>>

function parseUnitTest(scope: ParseScope, property: Property): void {
  const { package: own, name, at } = property
  // All of it: rows that are SQL know the target, too.
  const values = renderEntry(property.values, () => yamlContext(scope, own), property)
  const model = asText(values.model)
  const { include, exclude } = isMapping(values.versions) ? values.versions : {}
  if (asList(include).length > 0 && asList(exclude).length > 0)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Unit test '${name}' cannot both include and exclude versions.`,
      at: property.locate(['versions']),
      hint: 'Write one of them: `versions: { include: [2] }`.',
    })
  const tested = testedModels(scope, model, own, values.versions)
  if (tested.length === 0 && isMapping(values.versions) && scope.references.nodesNamed(model).length > 0)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Unit test '${name}' referenced a version of '${model}' which was not found.`,
      at: property.locate(['versions']),
      hint: 'Name versions that the entry of the model has.',
    })
  const disabled = tested.length === 0 ? disabledModel(scope, model, own) : undefined
  if (disabled) {
    const made = unitTest(scope, property, values, disabled)
    keepDisabled(scope, { ...made, config: { ...(made.config as object), enabled: false } })
    return
  }
  if (tested.length === 0)
    scope.references.node({ name: model, package: null, version: null }, own.name, {
      asker: `The unit test '${name}'`,
      placeOf: () => at,
    })
  for (const node of tested) {
    const made = unitTest(scope, property, values, node)
    if ((made.config as { enabled?: unknown }).enabled === false) keepDisabled(scope, made)
    else if (scope.manifest.unit_tests[made.unique_id])
      throw transformErrors.create('TRANSFORM_DUPLICATE_NAME', {
        message: `Two unit tests of '${model}' are called '${name}'.`,
        at,
        hint: 'Rename one of them.',
      })
    else {
      checkIncremental(property, made, node)
      keep(scope, 'unit_tests', made)
    }
  }
}

/** Whether a model adds to its table must be said, and then what stands there already. @throws TRANSFORM_YAML_INVALID */
function checkIncremental(property: Property, { name, overrides, given }: ManifestResource, model: ManifestNode): void {
  if (!model.depends_on.macros.includes('macro.dbt.is_incremental')) return
  const { is_incremental: isAdding } = (overrides as Overrides | null)?.macros ?? {}
  if (typeof isAdding !== 'boolean')
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Boolean override for 'is_incremental' must be provided for unit test '${name}' in model '${model.name}'`,
      at: property.locate(['overrides']),
      hint: 'Write `overrides: { macros: { is_incremental: false } }`, or true with an input `this`.',
      data: { dbtType: 'Parsing' },
    })
  if (isAdding && !(given as readonly { readonly input: string }[]).some(({ input }) => input === 'this'))
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Unit test '${name}' for incremental model '${model.name}' must have a 'this' input`,
      at: property.locate(['given']),
      hint: 'Write the rows that the table has already: `- input: this` with its `rows:`.',
      data: { dbtType: 'Parsing' },
    })
}

interface Overrides {
  readonly macros: Readonly<Record<string, unknown>>
}

/** A unit test of a disabled model is disabled with it. */
function disabledModel({ manifest }: ParseScope, model: string, own: DbtPackage): ManifestNode | undefined {
  const id = `model.${own.name}.${model}`
  const found = Object.keys(manifest.disabled).find((one) => one === id || one.startsWith(`${id}.v`))
  return found === undefined ? undefined : (manifest.disabled[found]?.[0] as ManifestNode | undefined)
}

function testedModels(scope: ParseScope, model: string, own: DbtPackage, versions: unknown): ManifestNode[] {
  const all = scope.references
    .nodesNamed(model)
    .filter((node) => node.resource_type === 'model' && node.package_name === own.name)
  // What stands there without a value says nothing.
  const { include, exclude } = isMapping(versions) ? versions : {}
  if (asList(include).length + asList(exclude).length === 0) return all
  const has = (list: unknown, node: ManifestNode) => asList(list).map(String).includes(String(node.version))
  return all.filter((node) => (asList(exclude).length > 0 ? !has(exclude, node) : has(include, node)))
}

function unitTest(scope: ParseScope, property: Property, values: Values, node: ManifestNode): ManifestResource {
  const { package: own, name, file } = property
  const model = asText(values.model)
  const version = node.version ?? null
  const versioned = version === null ? '' : `_v${version}`
  const fqn = [own.name, ...file.split('/').slice(1, -1), model, ...(version === null ? [] : [`v${version}`]), name]
  const config = scope.configs.config({ type: 'unit_test', fqn, own, yaml: [configOf(values)], inline: [] })
  const given = mappings(values.given).map((one) => ({
    input: asText(one.input),
    ...rowsOf(scope, property, one, 'input'),
  }))
  const expect = rowsOf(scope, property, isMapping(values.expect) ? values.expect : {}, 'expected')
  const overrides = isMapping(values.overrides) ? { macros: {}, vars: {}, env_vars: {}, ...values.overrides } : null
  return {
    unique_id: `unit_test.${own.name}.${model}.${name}${versioned}`,
    resource_type: 'unit_test',
    name,
    package_name: own.name,
    path: below(file),
    original_file_path: file,
    fqn,
    model,
    description: scope.docs.describe(values.description, own.name, () => property.at).text,
    given,
    expect,
    overrides,
    versions: isMapping(values.versions) ? values.versions : null,
    version,
    schema: node.schema,
    depends_on: { macros: [], nodes: [node.unique_id] },
    config: { tags: config.tags, meta: config.meta, enabled: config.enabled, static_analysis: null },
    checksum: unitTestChecksum({ model, versions: values.versions, given, expect, overrides }),
    created_at: scope.createdAt,
  }
}

interface Tested {
  readonly model: string
  readonly versions: unknown
  readonly given: readonly (UnitTestRows & { readonly input: string })[]
  readonly expect: UnitTestRows
  readonly overrides: Record<string, unknown> | null
}

/** Changes when anything but the description does: the text that dbt makes of a unit test, hashed. */
function unitTestChecksum({ model, versions, given, expect, overrides }: Tested): string {
  const parts = [
    isMapping(versions)
      ? dataclass('UnitTestNodeVersions', { include: null, exclude: null, ...pythonFields(versions) })
      : null,
    given.map(({ input, ...rows }) => dataclass('UnitTestInputFixture', { input, ...fixtureFields(rows) })),
    dataclass('UnitTestOutputFixture', fixtureFields(expect)),
    overrides && dataclass('UnitTestOverrides', pythonFields(overrides)),
  ]
  const fixtures = given.filter(({ fixture }) => fixture !== null).map(({ rows }) => str(toPython(rows)))
  return createHash('sha256')
    .update([model, ...parts.map((part) => repr(part)), ...fixtures].join('-'))
    .digest('hex')
}

const formatNames: Readonly<Record<string, string>> = { csv: 'CSV', dict: 'Dict', sql: 'SQL' }

const fixtureFields = ({ rows, format, fixture }: UnitTestRows) => ({
  rows: toPython(rows),
  format: enumMember('UnitTestFormat', format, formatNames[format]),
  fixture,
})

const pythonFields = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, toPython(value)]))
