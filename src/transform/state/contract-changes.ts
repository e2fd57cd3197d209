import type { ManifestNode } from '../contract.js'
import { transformErrors } from '../errors.js'
import { holdsRows } from '../graph/resource-types.js'

/** Hears of a contract that was broken without a new version of its model. */
export type OnBreakingChange = (node: ManifestNode, changes: readonly string[]) => void

const isEnforced = (node: ManifestNode) => node.contract?.enforced === true

interface Constraint {
  readonly type?: unknown
  readonly name?: unknown
  readonly columns?: unknown
}

const text = (value: unknown) => JSON.stringify(value ?? null)
/** Those of before that are there no longer. The database holds a model to all but custom ones. */
const removed = (before: readonly Constraint[] = [], after: readonly Constraint[] = []): Constraint[] =>
  before.filter((one) => one.type !== 'custom' && !after.some((other) => text(other) === text(one)))
const named = ({ name, type }: Constraint) => `'${String(name ?? type)}' constraint`

/** `varchar(3)` becoming `varchar(10)` breaks nothing. */
const baseType = (type: string | null) =>
  (type ?? '')
    .toLowerCase()
    .replace(/\s*\([^)]*\)/g, '')
    .trim()

/** How a model breaks what it promised before; a column more is a change, and breaks nothing. */
function breakingChanges(old: ManifestNode, node: ManifestNode): string[] {
  if (!isEnforced(old)) return []
  const changes: string[] = []
  const list = (title: string, items: readonly string[]) => {
    if (items.length > 0) changes.push(`${title}: \n    - ${items.join('\n    - ')}`)
  }
  if (!isEnforced(node))
    changes.push('Contract enforcement was removed: this model had an enforced contract, and has none any more.')
  const columns = Object.entries(old.columns).sort(([a], [b]) => (a < b ? -1 : 1))
  list(
    'Columns were removed',
    columns.filter(([key]) => !(key in node.columns)).map(([, { name }]) => name),
  )
  const kept = columns.flatMap(([key, before]) => {
    const after = node.columns[key]
    return after ? [{ key, before, after }] : []
  })
  list(
    'Columns with data_type changes',
    kept
      .filter(({ before, after }) => baseType(before.data_type) !== baseType(after.data_type))
      .map(({ before, after }) => `${before.name} (${before.data_type} -> ${after.data_type})`),
  )
  // Views promise types; only what holds rows can be held to constraints.
  if (!holdsRows(old)) return changes
  list(
    'Enforced column level constraints were removed',
    kept.flatMap(({ key, before, after }) =>
      removed(before.constraints, after.constraints).map((one) => `${named(one)} on column ${key}`),
    ),
  )
  list(
    'Enforced model level constraints were removed',
    removed(old.constraints, node.constraints).map((one) => `${named(one)} on columns ${text(one.columns)}`),
  )
  const hadConstraints =
    (old.constraints ?? []).length > 0 || columns.some(([, { constraints }]) => constraints.length > 0)
  if (hadConstraints && !holdsRows(node))
    list('Materialization changed with enforced constraints', [
      `${old.config.materialized} -> ${node.config.materialized}`,
    ])
  return changes
}

/** Whether the contract is what it was, broken or not. */
export function sameContract(old: ManifestNode, node: ManifestNode): boolean {
  if (!isEnforced(old) && !isEnforced(node)) return true
  return isEnforced(old) === isEnforced(node) && node.contract?.checksum === old.contract?.checksum
}

/** The same; a change that breaks it is told. @throws TRANSFORM_CONTRACT when a versioned model breaks it */
export function isSameContract(old: ManifestNode, node: ManifestNode, onBreakingChange: OnBreakingChange): boolean {
  if (sameContract(old, node)) return true
  const changes = breakingChanges(old, node)
  if (changes.length > 0) tell(node, changes, onBreakingChange)
  return false
}

/** A model with a contract that is gone breaks it too, unless it was deprecated until now. */
export function checkRemoved(old: ManifestNode, isDisabled: boolean, onBreakingChange: OnBreakingChange): void {
  const until = typeof old.deprecation_date === 'string' ? Date.parse(old.deprecation_date) : Number.NaN
  if (!isEnforced(old) || until < Date.now()) return
  tell(
    old,
    [`Contracted model '${old.unique_id}' was ${isDisabled ? 'disabled' : 'deleted or renamed'}.`],
    onBreakingChange,
  )
}

function tell(node: ManifestNode, changes: readonly string[], onBreakingChange: OnBreakingChange): void {
  if (node.version == null) {
    onBreakingChange(node, changes)
    return
  }
  throw transformErrors.create('TRANSFORM_CONTRACT', {
    message: `While comparing to previous project state, dbt detected a breaking change to an enforced contract.\n  - ${changes.join('\n  - ')}`,
    at: { file: node.original_file_path },
    hint: 'Others rely on it: make a change that only adds, or a new version of the model.',
    data: { dbtType: 'Breaking change to contract' },
  })
}
