import type { Client } from 'pg'
import type { PostgresColumn } from './columns.js'

export interface PostgresTable {
  readonly schema: string
  readonly name: string
  /** `r` table, `p` partitioned table, `v` view, `m` materialized view, `f` foreign table. */
  readonly kind: string
  readonly columns: readonly PostgresColumn[]
  readonly primaryKey: readonly string[]
}

/** Each type by its number; of domains the types that they are made of. */
const types = `recursive types as (
  select oid as declared, oid, typname, typtype, typbasetype, typtypmod from pg_type
  union all
  select types.declared, t.oid, t.typname, t.typtype, t.typbasetype, t.typtypmod
  from types join pg_type t on types.typtype = 'd' and t.oid = types.typbasetype
),
base as (select declared, typname, typtype from types where typtype <> 'd'),
modifiers as (select declared, max(typtypmod) as modifier from types where typtype = 'd' group by declared)`

const hasAnyBytes = `current_setting('server_encoding') = 'SQL_ASCII' as "hasAnyBytes"`

/** Tables (partitioned ones as one), views and foreign tables. */
const tablesQuery = `
with ${types}
select n.nspname as schema, c.relname as name, c.relkind::text as kind,
  array_agg(a.attname::text order by a.attnum) as names,
  array_agg(base.typname::text order by a.attnum) as types,
  array_agg(base.typtype::text order by a.attnum) as categories,
  array_agg(coalesce(modifiers.modifier, a.atttypmod) order by a.attnum) as modifiers,
  coalesce((
    select array_agg(k.attname::text order by array_position(i.indkey::int2[], k.attnum))
    from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = any((i.indkey::int2[])[0:i.indnkeyatts - 1])
    where i.indrelid = c.oid and i.indisprimary
  ), '{}') as primary_key,
  ${hasAnyBytes}
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join base on base.declared = a.atttypid
left join modifiers on modifiers.declared = a.atttypid
where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and has_table_privilege(c.oid, 'select') and ($2::text is null or $2 in (c.relname, n.nspname || '.' || c.relname))
group by n.nspname, c.relname, c.oid, c.relkind
order by array_position($1, n.nspname::text), c.relname`

interface Row {
  readonly schema: string
  readonly name: string
  readonly kind: string
  readonly names: readonly string[]
  readonly types: readonly string[]
  readonly categories: readonly string[]
  readonly modifiers: readonly number[]
  readonly primary_key: readonly string[]
  readonly hasAnyBytes: boolean
}

/**
 * What the user may read below these schemas, in their order.
 * @param name only what is called so, with its schema in front or without
 */
export async function readTables(client: Client, schemas: readonly string[], name?: string): Promise<PostgresTable[]> {
  const { rows } = await client.query<Row>(tablesQuery, [schemas, name ?? null])
  return rows.map((row) => ({
    schema: row.schema,
    name: row.name,
    kind: row.kind,
    columns: row.names.map((column, i) => ({
      name: column,
      type: row.types[i] as string,
      category: row.categories[i] as string,
      modifier: row.modifiers[i] as number,
      hasAnyBytes: row.hasAnyBytes,
    })),
    primaryKey: row.primary_key,
  }))
}

export interface PostgresType {
  /** Of a domain the one that it is made of. */
  readonly name: string
  readonly category: string
  /** Of a domain; undefined where each column has its own. */
  readonly modifier: number | undefined
  /** As SQL has it. */
  readonly declared: string
  readonly hasAnyBytes: boolean
}

/** Types by their numbers; one that was dropped is missing. */
export async function typesOf(client: Client, ids: readonly number[]): Promise<ReadonlyMap<number, PostgresType>> {
  const { rows } = await client.query<PostgresType & { id: number; modifier: number | null }>(
    `with ${types}
     select base.declared::int8::float8 as id, base.typname::text as name, base.typtype::text as category, modifiers.modifier,
       format_type(base.declared, null) as declared, ${hasAnyBytes}
     from base left join modifiers on modifiers.declared = base.declared where base.declared = any($1::oid[])`,
    [[...new Set(ids)]],
  )
  return new Map(rows.map(({ id, modifier, ...type }) => [id, { ...type, modifier: modifier ?? undefined }]))
}
