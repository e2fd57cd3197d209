import { type MillraceError, toMillraceError, valueAt } from '../../../base/index.js'
import type { ManifestSource } from '../../contract.js'
import type { FreshnessCriteria } from '../../parse/resources/freshness-criteria.js'
import { inProperties } from '../../project/written-place.js'
import { mappings, type Path } from '../../project/yaml-file.js'

type Packages = Parameters<typeof inProperties>[2]

/**
 * An error of a source's freshness with its place in the properties file: the key that the refused line of the SQL was made of,
 * or else the table's name. Nobody wrote that SQL, and nobody keeps it.
 */
export function locatedFreshness(
  thrown: unknown,
  source: ManifestSource,
  lastSql: string,
  packages: Packages,
): MillraceError {
  const error = toMillraceError(thrown)
  const { line } = error.data ?? {}
  const refused = error.code === 'WAREHOUSE_SQL' && typeof line === 'number' ? lastSql.split('\n')[line - 1] : undefined
  const key = keyOf(error, source, refused)
  Object.assign(error, { at: { file: source.original_file_path }, frame: undefined })
  return inProperties(error, source, packages, (entries) => pathTo(entries, source, key))
}

type Key = 'loaded_at_query' | 'loaded_at_field' | 'filter'

/** Which of the source's settings an error is about. */
function keyOf(error: MillraceError, source: ManifestSource, refused: string | undefined): Key | undefined {
  const filter = (source.freshness as FreshnessCriteria | null)?.filter
  if (source.loaded_at_query) return 'loaded_at_query'
  if (refused === undefined) return error.code === 'WAREHOUSE_SQL' ? undefined : 'loaded_at_field'
  if (holds(refused, source.loaded_at_field)) return 'loaded_at_field'
  return holds(refused, filter) ? 'filter' : undefined
}

/** Whether SQL holds a piece of it that is no part of another name. */
function holds(sql: string, piece: string | null | undefined): boolean {
  if (!piece) return false
  const parts = sql.split(piece)
  return parts.slice(1).some((after, i) => !/[\w"]$/.test(parts[i] as string) && !/^[\w"]/.test(after))
}

const below: Readonly<Record<Key, readonly Path[]>> = {
  loaded_at_query: [['loaded_at_query'], ['config', 'loaded_at_query']],
  loaded_at_field: [['loaded_at_field'], ['config', 'loaded_at_field']],
  filter: [
    ['freshness', 'filter'],
    ['config', 'freshness', 'filter'],
  ],
}

/** To a setting of a table, or of its source; where neither has it, to the table's name. */
function pathTo(entries: Readonly<Record<string, unknown>>, source: ManifestSource, key: Key | undefined) {
  for (const [i, entry] of mappings(entries.sources).entries()) {
    const j = mappings(entry.tables).findIndex(({ name }) => name === source.name)
    if (entry.name !== source.source_name || j < 0) continue
    const table = ['sources', i, 'tables', j]
    const ways = (key ? below[key] : []).flatMap((way) => [
      [...table, ...way],
      ['sources', i, ...way],
    ])
    return ways.find((way) => valueAt(entries, way) !== undefined) ?? [...table, 'name']
  }
  return undefined
}
