import { MillraceError } from '../../../base/index.js'
import { pairs, str } from '../../../jinja/index.js'
import type { Relation, RelationValues } from '../relation.js'
import type { SeedTable, SeedType } from '../seed-table.js'
import type { MembersOf } from './engine.js'
import { SparkColumn } from './spark-column.js'

/** What Hudi keeps in every table for itself. */
const ownColumns = new Set([
  ...[
    '_hoodie_commit_time',
    '_hoodie_commit_seqno',
    '_hoodie_record_key',
    '_hoodie_partition_path',
    '_hoodie_file_name',
  ],
])

/** The columns of a table; none where there is no such table, as dbt has it elsewhere. */
export async function columnsOfTable({ connection }: MembersOf, relation: Relation): Promise<SparkColumn[]> {
  try {
    const { rows } = await connection.execute(`describe extended ${relation.render()}`, false)
    const end = rows.findIndex(([name]) => !name || String(name).startsWith('#'))
    const facts = new Map(rows.slice(end < 0 ? rows.length : end).map(([name, value]) => [name, value]))
    return rows
      .slice(0, end < 0 ? rows.length : end)
      .filter(([name]) => !ownColumns.has(String(name)))
      .map(
        ([name, type], index) =>
          new SparkColumn(String(name), String(type), {
            table_schema: relation.schema,
            table_name: relation.identifier,
            table_type: relation.type,
            table_owner: String(facts.get('Owner') ?? null),
            column_index: index,
            table_stats: tableStats(facts.get('Statistics')),
          }),
      )
  } catch (error) {
    if (error instanceof MillraceError && error.data?.errorClass === 'TABLE_OR_VIEW_NOT_FOUND') return []
    throw error
  }
}

/** `1109049927 bytes, 14093476 rows` */
export function tableStats(text: unknown): Readonly<Record<string, number>> {
  const found = [...String(text ?? '').matchAll(/(\d+) (bytes|rows)/g)]
  return Object.fromEntries(found.map(([, count, unit]) => [unit as string, Number(count)]))
}

/** A row of SHOW TABLE EXTENDED: schema, name, whether it is of the session, and a text with all the rest. */
export function readSparkRelation([schema, identifier, , information]: readonly unknown[]): RelationValues {
  const facts = str(information ?? '')
  return {
    schema: str(schema),
    identifier: str(identifier),
    type: /^Type: VIEW$/m.test(facts) ? 'view' : 'table',
    format: /^Provider: (.*)$/m.exec(facts)?.[1]?.toLowerCase() ?? null,
  }
}

const seedTypes: Readonly<Record<SeedType, string>> = {
  integer: 'bigint',
  bigint: 'bigint',
  number: 'double',
  date: 'date',
  timestamp: 'timestamp',
  boolean: 'boolean',
  text: 'string',
}
export const seedType = (seed: SeedTable, index: number): string => seedTypes[seed.types[index] ?? 'text']

/** Every value is cast: Spark would take a list of texts for one of texts. Answers the first statement, whose rows stand for all. */
export async function loadSparkSeed(
  { options: { warehouse }, connection }: MembersOf,
  relation: Relation,
  seed: SeedTable,
  columnTypes: unknown,
  rowsAtOnce: number,
): Promise<string> {
  const own = new Map(pairs(columnTypes ?? {}).map(([name, type]) => [str(name), str(type)]))
  const types = seed.names.map((name, i) => own.get(name) ?? seedType(seed, i))
  const head = `insert into ${relation.render()} values`
  for (let at = 0; at < seed.rows.length; at += rowsAtOnce) {
    const rows = seed.rows
      .slice(at, at + rowsAtOnce)
      .map((row) => `(${row.map((cell, i) => `cast(${warehouse.quoteLiteral(cell)} as ${types[i]})`).join(', ')})`)
    await connection.execute(`${head} ${rows.join(', ')}`, true)
  }
  return `${head} …`
}
