import type pg from 'pg'

/** A column as the server's catalogue has it; of a domain, the type that it is made of. */
export interface Column {
  readonly name: string
  /** `int4`; of an array `_int4`. */
  readonly type: string
  /** As SQL has it: `numeric(10,2)`. */
  readonly declared: string
  /** `e` enum, `c` composite, `r` range, … */
  readonly category: string
  readonly modifier: number
  readonly isNullable: boolean
  readonly hasDefault: boolean
  readonly isGenerated: boolean
  readonly isKey: boolean
  readonly labels: readonly string[]
  /** The column that a foreign key wants its values from, with its table; both quoted. */
  readonly references: { readonly table: string; readonly column: string } | null
}

export interface Relation {
  readonly schema: string
  readonly name: string
  /** Both, quoted. */
  readonly sql: string
  readonly kind: 'table' | 'view'
  readonly isReferenced: boolean
  readonly key: readonly string[]
  readonly columns: readonly Column[]
}

/** Tables (partitioned ones as one) and views of everybody's schemas. */
export async function readCatalogue(client: pg.Client): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(catalogue)
  return rows
}

const catalogue = `
select n.nspname as schema, c.relname as name, format('%I.%I', n.nspname, c.relname) as sql,
  case when c.relkind in ('r', 'p') then 'table' else 'view' end as kind,
  exists (select from pg_constraint f where f.contype = 'f' and f.confrelid = c.oid) as "isReferenced",
  array(select a.attname::text from pg_index i, unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) with ordinality k(at, n), pg_attribute a
    where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.at order by k.n) as key,
  array(select json_build_object(
      'name', a.attname,
      'type', coalesce(b.typname, t.typname),
      'declared', format_type(a.atttypid, a.atttypmod),
      'category', coalesce(b.typtype, t.typtype),
      'modifier', case when b.oid is null then a.atttypmod else t.typtypmod end,
      'isNullable', not (a.attnotnull or t.typnotnull),
      'hasDefault', a.atthasdef or a.attidentity <> '',
      'isGenerated', a.attgenerated <> '' or a.attidentity = 'a',
      'isKey', exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])),
      'labels', array(select e.enumlabel from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder),
      'references', (select json_build_object('table', f.confrelid::regclass::text, 'column', quote_ident(r.attname))
        from pg_constraint f join pg_attribute r on r.attrelid = f.confrelid and r.attnum = f.confkey[array_position(f.conkey, a.attnum)]
        where f.contype = 'f' and f.conrelid = c.oid and a.attnum = any (f.conkey) limit 1))
    from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_type b on t.typtype = 'd' and b.oid = t.typbasetype
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
  and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%' and n.nspname not like 'pg_temp%'
  and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
order by 1, 2`
