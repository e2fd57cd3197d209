import { repr } from '../../../jinja/index.js'
import type { Manifest, ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'

type TestKind = 'unique' | 'disabled unique' | 'not_null'
/** A test that may tell a key: what it tests, of which kind it is, and of which columns. */
export type KeyTest = readonly [attached: string, kind: string, ...columns: string[]]

export function keyTestOf({ test_metadata: test, attached_node, config }: ManifestNode): KeyTest | null {
  if (!test || !attached_node) return null
  if (test.name === 'not_null') return [attached_node, 'not_null', ...columnsOf(test.kwargs)]
  // The second is the test of the package dbt_utils.
  return test.name === 'unique' || test.name === 'unique_combination_of_columns'
    ? [attached_node, config.enabled === false ? 'disabled unique' : 'unique', ...columnsOf(test.kwargs)]
    : null
}

function columnsOf({ column_name, combination_of_columns }: Readonly<Record<string, unknown>>): string[] {
  const columns = typeof column_name === 'string' ? [column_name] : combination_of_columns
  return Array.isArray(columns) ? columns.filter((column) => typeof column === 'string') : []
}

/**
 * A model's key: what its constraints say, else the columns that are tested to be unique (and not null, if any is). A
 * disabled test tells it too, where no other does.
 */
export function inferPrimaryKeys(manifest: Manifest): void {
  const nodes = Object.values(manifest.nodes)
  const keys = new TestedKeys()
  const disabled = Object.values(manifest.disabled).flat() as ManifestNode[]
  for (const node of [...nodes, ...disabled]) keys.add(keyTestOf(node))
  for (const node of nodes) if (node.resource_type === 'model') node.primary_key = keys.keyOf(node)
}

/** The columns of each model that tests say to be unique or not null. */
export class TestedKeys {
  readonly #columns = new Map<string, Set<string>>()

  add(test: KeyTest | null): void {
    if (!test) return
    const [attached, kind, ...columns] = test
    const key = `${kind} ${attached}`
    this.#columns.set(key, new Set([...(this.#columns.get(key) ?? []), ...columns]))
  }

  keyOf(model: ManifestNode): string[] {
    const said = keyOfConstraints(model)
    if (said) return said.sort()
    const tested = (kind: TestKind) => [...(this.#columns.get(`${kind} ${model.unique_id}`) ?? [])]
    const [unique, disabled, notNull] = [tested('unique'), tested('disabled unique'), tested('not_null')]
    const both = notNull.filter((column) => unique.includes(column) || disabled.includes(column))
    return ([both, unique, disabled].find(({ length }) => length > 0) ?? []).sort()
  }
}

function keyOfConstraints(node: ManifestNode): string[] | undefined {
  const ofModel = keyOfModel(node)
  if (ofModel && Array.isArray(ofModel.columns)) return ofModel.columns.map(String)
  const [ofColumn] = keyColumns(node)
  return ofColumn === undefined ? undefined : [ofColumn]
}

const isKey = ({ type }: Readonly<Record<string, unknown>>) => type === 'primary_key'
const keyOfModel = ({ constraints }: ManifestNode) => constraints?.find(isKey)
const keyColumns = ({ columns }: ManifestNode) =>
  Object.values(columns).flatMap(({ name, constraints }) => (constraints.some(isKey) ? [name] : []))

/** A model has one primary key, said in one place. @throws TRANSFORM_YAML_INVALID */
export function checkPrimaryKey(node: ManifestNode): void {
  const columns = keyColumns(node)
  const problems = [
    ...(columns.length > 1
      ? [
          `Found ${columns.length} columns (${repr(columns)}) with primary key constraints defined. Primary keys for multiple columns must be defined as a model level constraint.`,
        ]
      : []),
    ...(columns.length > 0 && keyOfModel(node)
      ? [
          'Primary key constraints defined at the model level and the columns level. Primary keys can be defined at the model level or the column level, not both.',
        ]
      : []),
  ]
  if (problems.length > 0)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: [`Primary key constraint error: (${node.original_file_path})`, ...problems].join('\n'),
    })
}
