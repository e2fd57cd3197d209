import type { FunctionOverload, Manifest, ManifestNode } from '../../contract.js'
import { canonical } from './canonical.js'
import { checkRemoved, isSameContract, type OnBreakingChange } from './contract-changes.js'
import {
  invalidValue,
  isModel,
  isNode,
  isSource,
  type MethodScope,
  type Selectable,
  type SelectorMethod,
} from './method.js'
import { changedConfigs } from './written-configs.js'

/** `state:new`, `state:modified.body` …: the node beside what the former manifest holds under its id. */
export const stateMethod: SelectorMethod = (value, scope) => {
  const before = scope.previous.manifest
  if (!before)
    throw invalidValue(
      'Got a state selector method, but no comparison manifest',
      'Pass --state with the folder that holds it.',
    )
  const macros = modifiedMacros(before, scope.manifest)
  const byMacros = scope.previous.usesChangedMacro ?? ((node: Selectable) => usesMacro(node, macros, scope.manifest))
  const told = new Set<string>()
  const onBreakingChange: OnBreakingChange = (node, changes) => {
    if (!told.has(node.unique_id)) scope.onBreakingChange?.(node, changes)
    told.add(node.unique_id)
  }
  const hasContract = (old: ManifestNode, node: ManifestNode) => isSameContract(old, node, onBreakingChange)
  const isModified = (old: Selectable | undefined, node: Selectable) =>
    !isSame(old, node, hasContract) || byMacros(node)
  const differs =
    (same: (old: ManifestNode, node: ManifestNode) => boolean) => (old: Selectable | undefined, node: Selectable) =>
      isNode(node) && (old === undefined || !isNode(old) || !same(old, node))
  const checks: Record<string, (old: Selectable | undefined, node: Selectable) => boolean> = {
    new: (old) => old === undefined,
    old: (old) => old !== undefined,
    modified: isModified,
    unmodified: (old, node) => !isModified(old, node),
    'modified.body': differs(sameBody),
    'modified.configs': differs(sameConfig),
    'modified.persisted_descriptions': differs(samePersistedDescriptions),
    'modified.relation': differs(sameRelationConfig),
    'modified.macros': (_, node) => byMacros(node),
    'modified.contract': differs(hasContract),
  }
  const check = Object.hasOwn(checks, String(value)) ? checks[String(value)] : undefined
  if (!check)
    throw invalidValue(`There is no state '${String(value)}'.`, `The states are ${Object.keys(checks).join(', ')}.`)
  if (comparesContracts.has(String(value))) {
    const { nodes, disabled } = scope.manifest
    for (const old of Object.values(before.nodes))
      if (!(old.unique_id in nodes)) checkRemoved(old, old.unique_id in disabled, onBreakingChange)
  }
  const comparesBodies = ['modified', 'unmodified', 'modified.body'].includes(String(value))
  return (node) => {
    const old = lookup(before, node.unique_id)
    if (comparesBodies && isNode(node) && old && isNode(old)) tellOfLargeSeed(old, node, scope)
    return check(old, node)
  }
}

function tellOfLargeSeed(old: ManifestNode, node: ManifestNode, { onLargeSeed }: MethodScope): void {
  if (node.resource_type !== 'seed' || node.checksum.name !== 'path') return
  const isSmaller = old.checksum.name !== 'path'
  const isSame = same(old.checksum, node.checksum)
  onLargeSeed?.(
    isSmaller ? 'SeedIncreased' : isSame ? 'SeedExceedsLimitSamePath' : 'SeedExceedsLimitAndPathChanged',
    node,
  )
}

const comparesContracts = new Set(['modified', 'unmodified', 'modified.contract'])

function lookup(manifest: Manifest, id: string): Selectable | undefined {
  return (
    manifest.nodes[id] ??
    manifest.sources[id] ??
    manifest.exposures[id] ??
    manifest.metrics[id] ??
    manifest.semantic_models[id] ??
    manifest.unit_tests[id] ??
    manifest.saved_queries[id] ??
    manifest.functions[id]
  )
}

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

const sameKeys = (a: object, b: object, keys: readonly string[]) =>
  keys.every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))

type SameContract = (old: ManifestNode, node: ManifestNode) => boolean

function isSame(old: Selectable | undefined, node: Selectable, sameContract: SameContract): boolean {
  if (old === undefined) return isSource(node) || !isNode(node) ? node.resource_type !== 'unit_test' : false
  if (isNode(node)) return isNode(old) && sameNode(old, node, sameContract)
  if (node.resource_type === 'saved_query' && !sameSavedQuery(old, node)) return false
  if (node.resource_type === 'exposure' && !same(dependencies(old), dependencies(node))) return false
  return sameKeys(old, node, comparedKeys[node.resource_type] ?? [])
}

/** What dbt looks at in resources that are no nodes. Of a metric it does not see how it is computed. */
const comparedKeys: Readonly<Record<string, readonly string[]>> = {
  source: [
    // As written: another target alone changes nothing.
    ...['unrendered_database', 'unrendered_schema', 'identifier', 'fqn', 'quoting'],
    ...['freshness', 'loaded_at_field', 'external', 'unrendered_config'],
  ],
  exposure: ['fqn', 'type', 'owner', 'maturity', 'url', 'description', 'label', 'unrendered_config'],
  metric: ['type', 'description', 'label', 'unrendered_config'],
  semantic_model: [
    ...['model', 'description', 'defaults', 'entities', 'dimensions', 'measures', 'config', 'primary_entity', 'group'],
  ],
  saved_query: ['description', 'label', 'config', 'group', 'tags'],
  unit_test: ['checksum'],
}

const dependencies = ({ depends_on }: Selectable) =>
  [...((depends_on as { readonly nodes?: readonly string[] } | undefined)?.nodes ?? [])].sort()

/** A query and what it is exported to. Where an export lies is compared as written: another target alone changes nothing. */
function sameSavedQuery(old: Selectable, node: Selectable): boolean {
  const exportsOf = ({ exports }: Record<string, unknown>) =>
    (exports as { name: string; unrendered_config: Record<string, unknown> }[]).map(
      ({ name, unrendered_config: { export_as, schema, alias } }) => [name, export_as, schema, alias],
    )
  const paramsOf = ({ query_params }: Record<string, unknown>) => {
    const { metrics, group_by, where } = query_params as Record<string, unknown>
    return [metrics, group_by, where]
  }
  return (
    same(paramsOf(old as never), paramsOf(node as never)) && same(exportsOf(old as never), exportsOf(node as never))
  )
}

function sameNode(old: ManifestNode, node: ManifestNode, sameContract: SameContract): boolean {
  const isGenericTest = node.resource_type === 'test' && node.test_metadata != null
  if (isGenericTest) return sameConfig(old, node) && same(old.fqn, node.fqn)
  // Also of a node whose body changed: a contract that is broken must be told.
  const isContractSame = sameContract(old, node)
  if (!sameBody(old, node)) return false
  const changed = changedConfigs(old, node)
  return (
    sameConfig(old, node, changed) &&
    samePersistedDescriptions(old, node) &&
    same(writtenOverloads(old), writtenOverloads(node)) &&
    (node.resource_type !== 'function' || sameKeys(old, node, ['arguments', 'returns'])) &&
    same(old.fqn, node.fqn) &&
    sameRelationConfig(old, node, changed) &&
    isContractSame &&
    (!isModel(node) || sameKeys(old, node, ['latest_version', 'access', 'deprecation_date']))
  )
}

/** The overloads of a function as they are written, not what their templates came to. */
const writtenOverloads = ({ overloads }: ManifestNode) =>
  (overloads as FunctionOverload[] | undefined)?.map(({ compiled_body: _, ...written }) => written) ?? []

export const sameBody = (old: ManifestNode, node: ManifestNode) =>
  node.resource_type === 'seed' ? same(old.checksum, node.checksum) : old.raw_code === node.raw_code

const relationKeys = new Set(['database', 'schema', 'alias'])
const uncompared = new Set([...relationKeys, 'tags', 'group'])
const testKeys = new Set([
  'severity',
  'where',
  'limit',
  'fail_calc',
  'warn_if',
  'error_if',
  'store_failures',
  'store_failures_as',
  'sql_header',
])

/** The configs as the user wrote them: a changed target alone changes nothing. */
const sameConfig = (old: ManifestNode, node: ManifestNode, changed = changedConfigs(old, node)): boolean =>
  !changed.some((key) => (node.resource_type === 'test' ? testKeys.has(key) : !uncompared.has(key)))

const sameRelationConfig = (old: ManifestNode, node: ManifestNode, changed = changedConfigs(old, node)): boolean =>
  !changed.some((key) => relationKeys.has(key))

export function samePersistedDescriptions(old: ManifestNode, node: ManifestNode): boolean {
  const persisted = (node.config.persist_docs ?? {}) as Record<string, unknown>
  if (persisted.relation === true && old.description !== node.description) return false
  const texts = ({ columns }: ManifestNode) =>
    Object.fromEntries(Object.values(columns).map((column) => [column.name, column.description]))
  return persisted.columns !== true || same(texts(old), texts(node))
}

/** The project's and its packages' macros. What comes with the program is another text in each program and version of it. */
function modifiedMacros(before: Manifest, after: Manifest): Set<string> {
  const ids = new Set([...Object.keys(before.macros), ...Object.keys(after.macros)])
  const builtin = new Set(['dbt', ...[before, after].map(({ metadata }) => `dbt_${String(metadata.adapter_type)}`)])
  const isOwn = (id: string) => !builtin.has((after.macros[id] ?? before.macros[id])?.package_name ?? '')
  return new Set([...ids].filter((id) => isOwn(id) && before.macros[id]?.macro_sql !== after.macros[id]?.macro_sql))
}

function usesMacro(node: Selectable, wanted: ReadonlySet<string>, manifest: Manifest): boolean {
  if (wanted.size === 0) return false
  const seen = new Set<string>()
  const visit = (ids: readonly string[]): boolean =>
    ids.some((id) => {
      if (seen.has(id)) return false
      seen.add(id)
      return wanted.has(id) || visit(manifest.macros[id]?.depends_on.macros ?? [])
    })
  return visit((node.depends_on as { macros?: string[] } | undefined)?.macros ?? [])
}
