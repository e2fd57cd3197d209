import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { destinationKinds, kindOf } from '../support/destination-kinds.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { SyncBench } from '../support/sync-bench.js'

const server = postgresOfFile()

/** Values of every kind, as DuckDB writes them; the first one is what a table has. */
const kinds = {
  boolean: ['true', 'false'],
  integer: ['9007199254740993', '1', '0'],
  decimal: ['0.12345678901234567891', '0.1', '1'].map((digits) => `${digits}::decimal(30,20)`),
  float: ['1.5', '1', '0.1', '1e20'].map((digits) => `${digits}::double`),
  text: ["'x'", "'1'", "'true'", "'2024-01-01'"],
  date: ["date '2024-01-01'"],
  time: ["time '10:00:00.5'"],
  timestamp: ["timestamp '2024-05-05 23:30:00'", "timestamp '2024-01-01 00:00:00'"],
  timestamptz: ["timestamptz '2024-05-05 23:30:00-05'", "timestamptz '2024-01-01 00:00:00+00'"],
  interval: ["interval '1 hour'", "interval '25 hours'"],
  uuid: ["uuid '0b6f3e1c-1d5a-4b8e-9a52-000000000001'"],
  binary: ["'\\x00\\xff'::blob", "'5'::blob"],
  json: ['{"a": 1}', '5', 'true', '"2024-01-01"', '"x"'].map((text) => `'${text}'::json`),
} as const
type Kind = keyof typeof kinds
const names = Object.keys(kinds) as Kind[]
const pairs = names.flatMap((had) => names.filter((came) => came !== had).map((came) => ({ had, came })))
const mostValues = Math.max(...names.map((name) => kinds[name].length))

/** A row with a column for each ordered pair of kinds. */
const row = (id: number, sqlOf: (pair: (typeof pairs)[number]) => string) =>
  `select ${id} as id, ${pairs.map((pair) => `${sqlOf(pair)} as ${pair.had}_${pair.came}`).join(', ')}`

/** Bytes as DuckDB prints them. */
const printedBytes = (hex: unknown) =>
  typeof hex === 'string'
    ? hex.replaceAll(/../g, (byte) => (/[2-7]./.test(byte) ? Buffer.from(byte, 'hex').toString() : `\\x${byte}`))
    : null

/** SQL for DuckDB: whether a text that is stored means a value. */
function means(text: string, value: string, kind: Kind): string {
  const plain = `case when json_valid(${text}) and ${text}[1] = '"' then json_extract_string(${text}, '$') else ${text} end`
  if (kind === 'json')
    return `(json(${value}) in (case when json_valid(${text}) then json(${text}) end, to_json(${text})) or try_cast(${text} as double) = try_cast((${value})::varchar as double))`
  // DuckDB reads `1` as true.
  if (kind === 'boolean') return `${plain} = (${value})::varchar`
  return `try_cast(${plain} as ${types[kind]}) = ${value}`
}
const types: Readonly<Record<Exclude<Kind, 'json' | 'boolean'>, string>> = {
  ...{ integer: 'bigint', decimal: 'decimal(30,20)', float: 'double', text: 'varchar', date: 'date', time: 'time' },
  ...{ timestamp: 'timestamp', timestamptz: 'timestamptz', interval: 'interval', uuid: 'uuid', binary: 'blob' },
}

const ways = destinationKinds(() => server)
  .filter(([engine]) => engine !== 'an Airbyte connector')
  .map((way) => [...way, { sync_mode: 'incremental', policy: 'propagate_columns' }] as const)

/** The law of types that change: a value is stored so that it means what came, or is NULL with a note. */
describe.each([
  ...ways,
  ['DuckDB', ways[0]?.[1], '{ schema: raw }', { sync_mode: 'full_refresh', policy: 'ignore' }] as const,
])('values of every kind come into columns of every other kind of %s', (engine, open, destination, how) => {
  const { isFiles } = kindOf(engine)
  let bench: SyncBench
  let duck: SyncBench
  beforeEach(async () => {
    bench = await SyncBench.open(open, destination)
    duck = await SyncBench.open()
  })
  afterEach(async () => {
    await bench.close()
    await duck.close()
  })

  it(`${how.sync_mode}, schema_changes: ${how.policy}`, async () => {
    const isAdded = how.sync_mode === 'incremental'
    const second = isAdded ? 'a2.parquet' : 'a1.parquet'
    const write = (name: string, sql: string) => duck.query(`copy (${sql}) to '${bench.path(name)}' (format parquet)`)
    bench.settings = `schema_changes: ${how.policy}`
    const sync = () => bench.sync('a*.parquet', `{ sync_mode: ${how.sync_mode} }`)
    await write(
      'a1.parquet',
      row(0, ({ had }) => kinds[had][0]),
    )
    expect(await sync()).toMatchObject({ status: 'succeeded' })
    const came = Array.from({ length: mostValues }, (_, i) => row(i + 1, ({ came }) => kinds[came][i] ?? 'null'))
    await write(second, came.join(' union all '))
    expect(await sync()).toMatchObject({ status: 'succeeded' })
    const bytes = engine === 'PostgreSQL' ? await bytesOf() : new Set<string>()
    const texts = pairs.map(({ had, came }) => {
      const name = `${had}_${came}`
      return bytes.has(name) ? `encode(${name}, 'hex')` : `cast(${name} as varchar)`
    })
    // What was there before stays in its own file.
    const from = isFiles ? `read_parquet('${bench.path('out/s')}/s-000002-*.parquet')` : 'raw.s'
    const stored = await bench.query(`select id, cast(_airbyte_meta as varchar), ${texts.join(', ')} from ${from}`)
    const problems: string[] = []
    for (const [id, meta, ...values] of stored) {
      const noted = new Set(JSON.parse(String(meta)).changes.map(({ field }: { field: string }) => field))
      for (const [i, { had, came }] of pairs.entries()) {
        const kind = id === 0 ? had : came
        const value = kinds[kind][id === 0 ? 0 : Number(id) - 1]
        const name = `${had}_${came}`
        const text = bytes.has(name) ? printedBytes(values[i]) : values[i]
        if (value === undefined || text === null) {
          if ((value !== undefined) !== noted.has(name))
            problems.push(`${name}: ${value} is NULL, noted: ${noted.has(name)}`)
          continue
        }
        // What a text says may be said in other letters: see `exact-cast.spec.ts`.
        if (kind === 'text' && !isAdded) continue
        const literal = `'${String(text).replaceAll("'", "''")}'`
        const [[isSame] = []] = await duck.query(`select ${means(literal, value, kind)}`)
        if (isSame !== true || noted.has(name)) problems.push(`${name}: ${value} is stored as ${text}`)
      }
    }
    expect(problems).toEqual([])
    expect(stored.length).toBe(mostValues + (isAdded && !isFiles ? 1 : 0))
  })

  async function bytesOf(): Promise<ReadonlySet<string>> {
    const columns = await bench.warehouse.columns({ schema: 'raw', identifier: 's' })
    return new Set(columns.filter(({ kind }) => kind === 'binary').map(({ name }) => name))
  }
})
