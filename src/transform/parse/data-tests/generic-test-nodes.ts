import { didYouMean, MillraceError, type SourceLocation, toMillraceError } from '../../../base/index.js'
import { type Context, call, isCallable, makeUndefined, PyDict } from '../../../jinja/index.js'
import type { ManifestMacro, ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { asList, asText, mappings, pathOf } from '../../project/yaml-file.js'
import { checkOneIsEnabled, warnOfNoNode } from '../checks/described.js'
import type { ConfigValues } from '../configs/config-fields.js'
import { addNode } from '../nodes/add-node.js'
import { versionsOf } from '../resources/model-versions.js'
import { effectiveSource, overriddenPackage } from '../resources/source-overrides.js'
import { yamlContext } from '../scope/parse-context.js'
import { type ParseScope, parseEachEntry } from '../scope/parse-scope.js'
import type { Property } from '../yaml/properties.js'
import { evaluateYaml, inEntry, renderEntry, renderYaml } from '../yaml/yaml-values.js'
import { checkTestArguments } from './check-test-arguments.js'
import {
  type GenericTest,
  genericTestCall,
  genericTestCode,
  readGenericTest,
  type TestTarget,
} from './generic-tests.js'
import { argumentTemplate, argumentTemplates, argumentValue, spellingsOf } from './test-arguments.js'

interface Tested {
  readonly property: Property
  readonly target: TestTarget
  readonly attached: ManifestNode | undefined
  readonly version: string | number | null
  readonly fileKey: string
  /** Tags that the tests inherit from what they test. */
  readonly tags: readonly string[]
  readonly quotesColumns: boolean
}

const typeOfKind = { models: 'model', seeds: 'seed', snapshots: 'snapshot' } as const

/** The tests that properties files give to models, seeds, snapshots and source tables, and to their columns. */
export function parseGenericTests(scope: ParseScope): void {
  for (const kind of ['models', 'seeds', 'snapshots'] as const)
    parseEachEntry(scope, scope.properties.ofKind(kind), `test_${kind}`, (property) =>
      testsOfNode(scope, property, typeOfKind[kind]),
    )
  parseEachEntry(scope, scope.properties.ofKind('sources'), 'test_sources', (property) => {
    if (overriddenPackage(property) !== undefined) return
    const source = effectiveSource(scope, property)
    const tables = renderEntry(source.values.tables, () => yamlContext(scope, source.package), source)
    for (const table of mappings(tables)) testsOfTable(scope, source, table)
  })
}

function testsOfNode(scope: ParseScope, property: Property, type: 'model' | 'seed' | 'snapshot'): void {
  const { name, values, package: own } = property
  scope.tracker.read(`node:${name}`)
  const base = { property, fileKey: `${property.kind}.${name}`, tags: [], quotesColumns: values.quote_columns === true }
  const versions = versionsOf(property)
  for (const { version, columns, tests } of versions) {
    const attached = scope.manifest.nodes[`${type}.${own.name}.${name}.v${version}`]
    const target = {
      reference: `ref('${name}', version='${version}')`,
      shownName: `${name}_v${version}`,
      isSource: false,
    }
    const isDisabled = scope.manifest.disabled[`${type}.${own.name}.${name}.v${version}`] !== undefined
    if (attached || isDisabled) addTests(scope, { ...base, target, attached, version }, columns, tests, isDisabled)
  }
  if (versions.length > 0) return
  const id = `${type}.${own.name}.${name}`
  const isDisabled = scope.manifest.disabled[id] !== undefined
  if (!scope.manifest.nodes[id]) checkOneIsEnabled(scope, property, id)
  const attached = scope.manifest.nodes[id] ?? sameNameOfOtherType(scope, property, type)
  // As in dbt, tests may be written for a node of another package; `ref` finds it by its name.
  if (!attached && !isDisabled && scope.references.nodesNamed(name).length === 0) {
    warnOfNoNode(scope, property, type)
    return
  }
  const target = { reference: `ref('${name}')`, shownName: name, isSource: false }
  addTests(
    scope,
    { ...base, target, attached, version: null },
    mappings(values.columns),
    scope.diagnostics.attempt(() => testsOf(values, property)),
    isDisabled,
  )
}

/** A seed described below `models:` gets its tests all the same, as in dbt, and a warning. */
function sameNameOfOtherType({ manifest, diagnostics }: ParseScope, property: Property, type: string) {
  const { name, package: own, kind, file, at } = property
  const other = Object.values(typeOfKind)
    .map((one) => manifest.nodes[`${one}.${own.name}.${name}`])
    .find((one) => one !== undefined)
  if (other)
    diagnostics.warn({
      code: 'TRANSFORM_YAML_INVALID',
      message: `'${name}' is a ${other.resource_type} node, but it is specified in the ${kind} section of ${file}.`,
      event: {
        name: 'WrongResourceSchemaFile',
        data: {
          patch_name: name,
          resource_type: other.resource_type,
          plural_resource_type: `${other.resource_type}s`,
          yaml_key: kind,
          file_path: file,
        },
      },
      at,
      hint: `Place the ${type} properties below \`${other.resource_type}s:\`; only its tests are read here.`,
    })
  return other
}

/** `tests` is what `data_tests` were called; one entry has one of them. @throws TRANSFORM_YAML_INVALID */
function testsOf(values: Record<string, unknown>, property: Property): unknown {
  if (values.data_tests != null && values.tests != null)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Invalid test config: cannot have both 'tests' and 'data_tests' defined, as '${property.name}' has.`,
      at: property.at,
      hint: 'Put all of them below `data_tests`.',
    })
  return values.data_tests ?? values.tests
}

function testsOfTable(scope: ParseScope, property: Property, table: Record<string, unknown>): void {
  const name = asText(table.name)
  const source = scope.manifest.sources[`source.${property.package.name}.${property.name}.${name}`]
  if (!source) return
  const tested: Tested = {
    property,
    target: {
      reference: `source('${property.name}', '${name}')`,
      shownName: `${property.name}_${name}`,
      isSource: true,
    },
    attached: undefined,
    version: null,
    fileKey: `sources.${property.name}`,
    tags: source.tags,
    quotesColumns: source.quoting.column === true,
  }
  const tests = scope.diagnostics.attempt(() => testsOf(table, property))
  addTests(scope, tested, mappings(table.columns), tests, false)
}

function addTests(
  scope: ParseScope,
  tested: Tested,
  columns: readonly Record<string, unknown>[],
  tests: unknown,
  isDisabled: boolean,
): void {
  // What tests a disabled model is disabled with it.
  if (isDisabled) return
  const { diagnostics } = scope
  const { at } = tested.property
  for (const column of columns) {
    const ofColumn = asList(diagnostics.attempt(() => testsOf(column, tested.property)))
    if (ofColumn.length === 0) continue
    const name = asText(column.name)
    const isQuoted = column.quote === true || (column.quote === undefined && tested.quotesColumns)
    const config = (column.config ?? {}) as Record<string, unknown>
    const tags = [...tested.tags, ...asList(column.tags).map(String), ...asList(config.tags).map(String)]
    for (const entry of ofColumn)
      diagnostics.attempt(() => addTest(scope, { ...tested, tags }, entry, isQuoted ? `"${name}"` : name, at), at)
  }
  for (const entry of asList(tests)) diagnostics.attempt(() => addTest(scope, tested, entry, null, at), at)
}

function addTest(scope: ParseScope, tested: Tested, entry: unknown, column: string | null, at: SourceLocation): void {
  const { property, target, attached } = tested
  const { package: own } = property
  checkTestArguments(scope, entry, property, at)
  const test = readGenericTest(entry, target, column)
  const macro = findTestMacro(scope, test, property, entry)
  const context = yamlContext(scope, own)
  const config = renderedConfig(test, context, property)
  const tags = [...new Set([...tested.tags, ...asList(config.tags).map(String)])].sort()
  const code = genericTestCode({ ...test, config })
  const node = addNode(scope, {
    type: 'test',
    name: test.name,
    own,
    uniqueId: `test.${own.name}.${test.name}.${test.hash}`,
    fqn: [own.name, ...property.file.split('/').slice(1, -1), test.name],
    path: `${test.shortName}.sql`,
    file: property.file,
    code,
    line: at.line ?? 1,
    checksum: { name: 'none', checksum: '' },
    tags,
    description: test.description,
    extra: {
      test_metadata: { name: test.testName, kwargs: test.kwargs, namespace: test.namespace },
      column_name: column,
      file_key_name: tested.fileKey,
      attached_node: attached?.unique_id ?? null,
    },
    render: (made, contextOf, onConfig) => {
      if (macro) made.depends_on.macros.push(macro.unique_id)
      if (!macro) noteArguments(scope, test, tested, made, contextOf)
      else if (testsWithoutRefs.has(macro.unique_id)) noteTested(made, tested)
      else if (testsOfArguments.has(macro.unique_id)) noteArguments(scope, test, tested, made, contextOf)
      else runTest(scope, test, property, made, contextOf())
      if (Object.keys(config).length === 0) return undefined
      onConfig(config)
      return macro && testsWithoutRefs.has(macro.unique_id)
        ? undefined
        : scope.environment.compile({ name: property.file, source: code })
    },
  })
  if (node) node.group = attached?.group ?? null
}

function renderedConfig(test: GenericTest, context: Context, property: Property): ConfigValues {
  try {
    const rendered = Object.entries(renderYaml(test.config, context, property) as ConfigValues)
    return Object.fromEntries(rendered.filter(([, value]) => value !== null))
  } catch (thrown) {
    const error = toMillraceError(thrown)
    const message = `Invalid generic test configuration given in ${property.file}: ${error.message}`
    throw Object.assign(error, { message })
  }
}

/** Built-in tests that refer to nothing but what they test, and those that refer to what their arguments name. */
const testsWithoutRefs = new Set(['macro.dbt.test_not_null', 'macro.dbt.test_unique'])
const testsOfArguments = new Set(['macro.dbt.test_accepted_values', 'macro.dbt.test_relationships'])

function noteTested(node: ManifestNode, { property, target, version }: Tested): void {
  if (target.isSource) node.sources.push(target.reference.split("'").filter((_, i) => i % 2 === 1) as [string, string])
  else node.refs.push({ name: property.name, package: null, version })
}

/** What a built-in test does with its arguments is known: only the templates among them are run. */
function noteArguments(
  scope: ParseScope,
  test: GenericTest,
  tested: Tested,
  node: ManifestNode,
  contextOf: () => Context,
): void {
  for (const [key, value] of Object.entries(test.kwargs))
    if (key !== 'model')
      for (const template of argumentTemplates(key, value)) evaluateArgument(template, contextOf(), tested.property)
  const wrap = scope.registry.find('get_where_subquery', tested.property.package.name)
  if (!wrap || !scope.builtin.includes(wrap.package_name))
    evaluateYaml(asText(test.kwargs.model), contextOf(), tested.property.file)
  else {
    noteTested(node, tested)
    if (!node.depends_on.macros.includes(wrap.unique_id)) node.depends_on.macros.push(wrap.unique_id)
  }
}

/** What is not defined fails where the test runs: parsing asks only what the argument refers to. */
function evaluateArgument(template: string, context: Context, property: Property): unknown {
  try {
    return evaluateYaml(template, context, property.file)
  } catch (thrown) {
    if (thrown instanceof MillraceError && thrown.code === 'JINJA_UNDEFINED')
      return makeUndefined('chainable', undefined, thrown.message)
    throw spellingsOf(template).reduce((error, text) => inEntry(error, text, property), thrown)
  }
}

/** Arguments may be templates; evaluating them, and then the test, tells what it refers to. */
function runTest(scope: ParseScope, test: GenericTest, property: Property, node: ManifestNode, context: Context): void {
  const file = node.original_file_path
  const values = Object.entries(test.kwargs).map(([key, value]) => {
    const template = key === 'model' ? argumentTemplate(key, value) : undefined
    if (key === 'model' && template !== undefined) return [key, whereSubquery(template, context, file)] as const
    return [key, argumentValue(key, value, (one) => evaluateArgument(one, context, property))] as const
  })
  const kwargs = PyDict.from(values)
  const withArguments: Context = {
    get: (name) => (name === '_dbt_generic_test_kwargs' ? kwargs : context.get(name)),
  }
  scope.environment.compile({ name: file, source: genericTestCall(test) }).renderSync(withArguments)
  node.depends_on.macros = [...new Set(node.depends_on.macros)]
}

const plainRef = /^\{\{ get_where_subquery\(ref\('(\w+)'\)\) \}\}$/

/** Every test has this argument: the usual form is called directly, which saves compiling a template for each. */
function whereSubquery(template: string, context: Context, file: string): unknown {
  const name = plainRef.exec(template)?.[1]
  const [wrap, ref] = [context.get('get_where_subquery'), context.get('ref')]
  if (name === undefined || !isCallable(wrap) || !isCallable(ref)) return evaluateYaml(template, context, file)
  return call(wrap, [call(ref, [name], null, 'ref')], null, 'get_where_subquery')
}

/** A test that does not exist is told; it fails when it runs, and nothing else does. */
function findTestMacro(
  scope: ParseScope,
  test: GenericTest,
  property: Property,
  entry: unknown,
): ManifestMacro | undefined {
  const { registry } = scope
  const name = `test_${test.testName}`
  const found =
    test.namespace === null ? registry.find(name, property.package.name) : registry.findIn(test.namespace, name)
  if (found) return found
  const known = registry.names().filter((one) => one.startsWith('test_'))
  const isUnknownPackage = test.namespace !== null && !registry.hasPackage(test.namespace)
  scope.diagnostics.warn({
    code: 'TRANSFORM_MACRO_NOT_FOUND',
    message: `The test '${test.namespace === null ? '' : `${test.namespace}.`}${test.testName}' of '${property.name}' does not exist.`,
    at: property.locate(pathOf(property.values, entry) ?? []),
    hint: isUnknownPackage
      ? `The package '${test.namespace}' is not installed: add it to packages.yml and run \`dbt deps\`.`
      : (didYouMean(name, known)?.replace("'test_", "'") ??
        'Built in are unique, not_null, accepted_values and relationships; others come from packages or tests/generic.'),
  })
}
