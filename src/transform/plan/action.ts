import type { ManifestNode } from '../contract.js'
import type { PlanAction } from './contract.js'

export interface ActionInput {
  readonly node: ManifestNode
  /** What lies under the node's name now: `table`, `view` …; undefined when nothing does. */
  readonly present: string | undefined
  readonly isFullRefresh: boolean
  /** The table's columns now and those that the SQL makes; undefined where one of them is not known. */
  readonly columns: { readonly there: readonly string[]; readonly made: readonly string[] } | undefined
}

/** What building a node does to the warehouse. */
export function actionOf({ node, present, isFullRefresh, columns }: ActionInput): PlanAction {
  const relation = `${node.schema}.${node.alias}`
  const { materialized = 'view' } = node.config
  const plain = (does: string): PlanAction => ({ does, drops: [], alters: [] })
  const rebuild = (type: string): PlanAction => {
    if (present === undefined) return plain(`create ${type}`)
    if (present === type) return plain(`replace ${type}`)
    return { does: `drop ${words(present)} and create ${type}`, drops: [`${words(present)} ${relation}`], alters: [] }
  }
  switch (materialized) {
    case 'view':
    case 'table':
      return rebuild(materialized)
    case 'materialized_view':
      return present === 'materialized_view' && !isFullRefresh
        ? plain('refresh materialized view')
        : rebuild('materialized view')
    case 'seed':
      if (present === undefined) return plain('create table and load the file')
      return isFullRefresh ? rebuild('table') : plain('empty table and load the file')
    case 'snapshot':
      if (present === undefined) return plain('create table with the first versions')
      return { does: 'add versions of changed rows', drops: [], alters: added(columns) }
    case 'incremental': {
      const full = node.config.full_refresh ?? isFullRefresh
      if (present === undefined) return plain('create table')
      if (full === true || present !== 'table') return rebuild('table')
      return { does: addingWords(node), drops: [], alters: altered(node, columns) }
    }
    default:
      return plain(`run the materialization ${materialized}`)
  }
}

const words = (type: string) => type.replace('_', ' ')

function addingWords({ config }: ManifestNode): string {
  const { incremental_strategy: strategy, unique_key: key } = config
  const by = key === undefined || key === null ? '' : ` by ${[key].flat().join(', ')}`
  return `add rows to table${typeof strategy === 'string' ? ` (${strategy}${by})` : by}`
}

const added = (columns: ActionInput['columns']) =>
  difference(columns?.made, columns?.there).map((name) => `add ${name}`)

/** `on_schema_change` decides what becomes of other columns; without it they are left out. */
function altered({ config }: ManifestNode, columns: ActionInput['columns']): string[] {
  if (!columns) return []
  const onChange = config.on_schema_change ?? 'ignore'
  const missing = difference(columns.made, columns.there)
  const surplus = difference(columns.there, columns.made)
  if (onChange === 'append_new_columns') return missing.map((name) => `add ${name}`)
  if (onChange === 'sync_all_columns')
    return [...missing.map((name) => `add ${name}`), ...surplus.map((name) => `drop ${name}`)]
  if (missing.length + surplus.length === 0) return []
  if (onChange === 'fail')
    return [`none: on_schema_change is fail, and these differ: ${[...missing, ...surplus].join(', ')}`]
  return missing.length === 0
    ? []
    : [`none: ${missing.join(', ')} would be left out; set on_schema_change or build with --full-refresh`]
}

function difference(a: readonly string[] = [], b: readonly string[] = []): string[] {
  const known = new Set(b.map((name) => name.toLowerCase()))
  return a.filter((name) => !known.has(name.toLowerCase()))
}
