import { quoteIdentifier, quoteLiteral } from '../../../../sql/index.js'
import type { PostgresTable } from '../catalogue.js'
import type { SourceSession } from '../session.js'
import { sourceError } from '../source-error.js'

/** Smaller tables are read before more sessions are there. */
const leastBytes = 256 * 1024 * 1024
/** Small enough that all readers end at about the same time; a statement for each costs nothing beside it. */
const partBytes = 64 * 1024 * 1024

/**
 * A large table in parts, as SQL conditions on where its rows lie. Empty where it is read as a whole: small tables, everything that is made of
 * others, and servers before PostgreSQL 14, which would read all of a table for each part of it. Nobody moves rows until the transaction ends.
 */
export async function tableParts({ client, config }: SourceSession, table: PostgresTable): Promise<readonly string[]> {
  if (table.kind !== 'r') return []
  const relation = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
  try {
    await client.query(`lock table ${relation} in access share mode`)
    const { rows } = await client.query<{ bytes: number; page: number }>(
      `select pg_relation_size(c.oid)::float8 as bytes, current_setting('block_size')::int as page
       from pg_class c join pg_am a on a.oid = c.relam
       where c.oid = ${quoteLiteral(relation)}::regclass and a.amname = 'heap' and not c.relhassubclass
         and current_setting('server_version_num')::int >= 140000`,
    )
    const [found] = rows
    return found && found.bytes >= leastBytes ? partsOf(found.bytes / found.page, partBytes / found.page) : []
  } catch (error) {
    throw sourceError(error, config)
  }
}

/** The last one has no end: what was added meanwhile is for the snapshot to leave out. */
export function partsOf(pages: number, pagesPerPart: number): string[] {
  const starts = Array.from({ length: Math.ceil(pages / pagesPerPart) }, (_, i) => `'(${i * pagesPerPart},0)'`)
  return starts.map((start, i) => {
    const end = starts[i + 1]
    return end === undefined ? `ctid >= ${start}` : `ctid >= ${start} and ctid < ${end}`
  })
}
