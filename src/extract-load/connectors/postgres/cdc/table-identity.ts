import type { Client } from 'pg'
import type { KnownTable } from './state.js'

/** What tells of a table whether its rows can be followed in the log, and whether they still are those of the last sync. */
export interface TableIdentity extends KnownTable {
  readonly schema: string
  readonly name: string
  /** Neither a view nor a foreign table. */
  readonly isTable: boolean
  readonly isPartitioned: boolean
  /** It is in the log: neither temporary nor unlogged. */
  readonly isLogged: boolean
  /** Rows of other tables are read with it, of which the log tells by their own names. */
  readonly hasChildren: boolean
  /** Columns that the log names of rows that go; all of them where it has whole rows. */
  readonly identity: readonly string[]
  readonly isWholeRow: boolean
  /** Columns that were added with a default, which the rows that were there have and the log does not tell. */
  readonly defaulted: readonly string[]
  readonly generated: readonly string[]
}

interface Row {
  readonly schema: string
  readonly name: string
  readonly oid: number
  readonly filenode: number
  readonly numbered: number
  readonly kind: string
  readonly logged: boolean
  readonly children: boolean
  readonly partitions: Record<string, number> | null
  readonly identity_kind: string
  readonly identity: readonly string[]
  readonly columns: [number, string, string, string][] | null
  readonly defaulted: readonly string[]
  readonly generated: readonly string[]
}

/** @param names only what is called so */
export async function readIdentities(
  client: Client,
  schemas: readonly string[],
  names?: readonly string[],
): Promise<TableIdentity[]> {
  const { rows } = await client.query<Row>(
    `select n.nspname as schema, c.relname as name, c.oid::int8::float8 as oid, c.relnatts as numbered,
       coalesce(pg_relation_filenode(c.oid)::int8, (
         select sum(pg_relation_filenode(p.relid)::int8) from pg_partition_tree(c.oid) p where p.isleaf
       ), 0)::float8 as filenode,
       c.relkind::text as kind, c.relpersistence = 'p' as logged, c.relkind = 'r' and c.relhassubclass as children,
       (select jsonb_object_agg(p.relid::oid, pg_relation_filenode(p.relid)::int8) from pg_partition_tree(c.oid) p where p.isleaf and c.relkind = 'p') as partitions,
       case when c.relkind <> 'p' then c.relreplident::text
         when (select bool_and(l.relreplident = 'f') from pg_partition_tree(c.oid) p join pg_class l on l.oid = p.relid where p.isleaf) then 'f'
         else 'd' end as identity_kind,
       coalesce((
         select array_agg(k.attname::text) from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = any((i.indkey::int2[])[0:i.indnkeyatts - 1])
         where i.indrelid = c.oid and i.indimmediate and case when c.relkind = 'p' or c.relreplident = 'd' then i.indisprimary when c.relreplident = 'i' then i.indisreplident end
       ), '{}') as identity,
       jsonb_agg(jsonb_build_array(a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.xmin::text) order by a.attnum)
         filter (where a.attgenerated = '') as columns,
       coalesce(array_agg(a.attname::text) filter (where a.atthasmissing or (c.relkind = 'p' and exists (
         select 1 from pg_partition_tree(c.oid) p join pg_attribute l on l.attrelid = p.relid and l.attname = a.attname where p.isleaf and l.atthasmissing
       ))), '{}') as defaulted,
       coalesce(array_agg(a.attname::text) filter (where a.attgenerated <> ''), '{}') as generated
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
       and ($2::text[] is null or c.relname = any($2))
     group by n.nspname, c.relname, c.oid, c.relkind, c.relreplident, c.relpersistence, c.relhassubclass`,
    [schemas, names ?? null],
  )
  return rows.map(({ kind, identity_kind, columns, logged, children, partitions, ...row }) => ({
    ...row,
    isLogged: logged,
    hasChildren: children,
    ...(partitions ? { partitions } : {}),
    columns: columns ?? [],
    isTable: kind === 'r' || kind === 'p',
    isPartitioned: kind === 'p',
    isWholeRow: identity_kind === 'f',
  }))
}

/** Whether the log tells of every change of a table which row it was. */
export const canBeFollowed = ({ isTable, isLogged, hasChildren, isWholeRow, identity }: TableIdentity): boolean =>
  isTable && isLogged && !hasChildren && (isWholeRow || identity.length > 0)

/** @param before as it was known, where its rows were not read anew since */
export function knownTable(
  { oid, filenode, numbered, columns, partitions }: TableIdentity,
  before?: KnownTable,
): KnownTable {
  const names = new Set(columns.map(([, name]) => name))
  const went = (before?.columns ?? []).map(([, name]) => name).filter((name) => !names.has(name))
  const dropped = [...new Set([...(before?.dropped ?? []), ...went])]
  return {
    oid,
    filenode,
    numbered,
    columns,
    ...(partitions ? { partitions } : {}),
    ...(dropped.length > 0 ? { dropped } : {}),
  }
}

/** Why the rows of a table must be read anew although the log is whole: something changed them that it does not tell. */
export function unloggedChange(known: KnownTable, now: TableIdentity): string | undefined {
  if (known.oid !== now.oid) return 'the table was dropped and made again'
  for (const [oid, filenode] of Object.entries(known.partitions ?? {}))
    if (now.partitions?.[oid] !== filenode) return 'a partition was dropped, detached, truncated or written anew'
  const before = new Map(known.columns.map((column) => [column[0], column]))
  const added = now.columns.filter(([number]) => number > known.numbered)
  if (added.length > 0 && added.length < now.numbered - known.numbered)
    return 'columns were added and dropped again, and may have had the name of one that is there'
  for (const [number, name, type, described] of now.columns) {
    const column = before.get(number)
    if (!column && now.defaulted.includes(name)) return `the column \`${name}\` was added with a value for all rows`
    if (!column && (known.dropped?.includes(name) || known.columns.some(([, other]) => other === name)))
      return `the column \`${name}\` is another one than before`
    if (!column && known.filenode !== now.filenode) return `the table was written anew with the column \`${name}\``
    if (column && column[1] !== name) return `the column \`${column[1]}\` is called \`${name}\` now`
    if (column && column[2] !== type && known.filenode !== now.filenode)
      return `the type of the column \`${name}\` changed from ${column[2]} to ${type}`
    // With `using` values change where the type stays. `vacuum full` and the like describe no column anew.
    if (column?.[3] !== undefined && column[3] !== described && known.filenode !== now.filenode)
      return `the table was written anew, and the column \`${name}\` changed`
  }
  return undefined
}
