import { describe, expect, it } from 'vitest'
import { inTransaction, type QueryResult, rowObjects, type Warehouse, withConnection } from './contract.js'

/** How an engine writes what the suite asks it; each engine says only what it writes in its own way. */
export interface EngineWords {
  /** A relation with the column `n`, from 1 to `count`. */
  readonly series: (count: number) => string
  /** A cross product that takes minutes to count. */
  readonly endless: string
  readonly types: Readonly<
    Record<'integer' | 'bigint' | 'decimal' | 'double' | 'text' | 'timestamp' | 'timestamptz', string>
  >
  /** A decimal with more digits than a float has: how SQL says it, and how it comes back. */
  readonly exactDecimal: { readonly sql: string; readonly text: string }
  /** The n-th parameter of a statement, from 1. */
  readonly parameter: (position: number) => string
  /** Sets the zone of the session, and asks for it; undefined: a session has none. */
  readonly zone: { readonly set: string; readonly shown: string } | undefined
  readonly hasInfiniteTimes: boolean
  /** A time before Christ that `cast` reads; undefined: there are none. */
  readonly beforeChrist: string | undefined
  /** Floats that are no numbers, as parameters and literals. */
  readonly hasInfiniteFloats: boolean
  readonly temporaryTables: boolean
  /** It says how many rows a statement wrote, and deletes some of a table. */
  readonly countsWrites: boolean
  /** Columns that take no NULL are told from others. */
  readonly hasNotNull: boolean
  /** A name that has to be quoted. */
  readonly strangeName: string
}

const standardWords: EngineWords = {
  series: (count) => `generate_series(1, ${count}) as s (n)`,
  endless: 'select count(*) as n from generate_series(1, 100000000) a, generate_series(1, 100000) b',
  types: {
    integer: 'integer',
    bigint: 'bigint',
    decimal: 'decimal(38, 9)',
    double: 'double precision',
    text: 'varchar',
    timestamp: 'timestamp',
    timestamptz: 'timestamp with time zone',
  },
  exactDecimal: {
    sql: "cast('12345678901234567890.123456789' as decimal(38, 9))",
    text: '12345678901234567890.123456789',
  },
  parameter: (position) => `$${position}`,
  zone: { set: "set timezone = 'Pacific/Kiritimati'", shown: "select current_setting('timezone') as zone" },
  hasInfiniteTimes: true,
  beforeChrist: '0044-03-15 10:00:00.5 BC',
  hasInfiniteFloats: true,
  temporaryTables: true,
  countsWrites: true,
  hasNotNull: true,
  strangeName: 'we"ird name',
}

/**
 * What every engine must do alike. `open` gives an empty warehouse; the suite closes it.
 * @param own what this engine writes in its own way
 */
export function warehouseContract(
  engine: string,
  open: () => Promise<Warehouse>,
  own: Partial<EngineWords> = {},
): void {
  const words = { ...standardWords, ...own }
  const { types, parameter, series } = words
  const using = async (work: (warehouse: Warehouse) => Promise<void>) => {
    const warehouse = await open()
    try {
      await work(warehouse)
    } finally {
      await warehouse.close()
    }
  }

  /** A name that was not quoted, as the engine keeps it. */
  const folded = (warehouse: Warehouse, name: string) =>
    warehouse.capabilities.identifierFolding === 'upper' ? name.toUpperCase() : name
  const objects = (warehouse: Warehouse, result: QueryResult, names: Readonly<Record<string, unknown>>[]) =>
    expect(rowObjects(result)).toEqual(
      names.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [folded(warehouse, name), value])),
      ),
    )

  describe(`warehouse contract: ${engine}`, () => {
    it('answers exact values with their kinds', () =>
      using((warehouse) =>
        withConnection(warehouse, async (connection) => {
          const result = await connection.query(`select
            cast(42 as ${types.integer}) as small, cast('9223372036854775807' as ${types.bigint}) as big,
            ${words.exactDecimal.sql} as exact, cast(1.5 as ${types.double}) as approximate,
            ${warehouse.quoteLiteral("it's")} as words, cast('2024-02-29' as date) as day,
            cast('2024-02-29 12:34:56.123456' as ${types.timestamp}) as instant,
            cast('2024-02-29 12:34:56.5+02:00' as ${types.timestamptz}) as zoned, cast(null as ${types.integer}) as nothing, true as yes`)
          expect(result.columns.map((column) => column.kind)).toEqual([
            'integer',
            'integer',
            'decimal',
            'float',
            'text',
            'date',
            'timestamp',
            'timestamptz',
            'integer',
            'boolean',
          ])
          expect(result.rows[0]).toEqual([
            42,
            9223372036854775807n,
            words.exactDecimal.text,
            1.5,
            "it's",
            '2024-02-29',
            '2024-02-29T12:34:56.123456',
            '2024-02-29T10:34:56.5Z',
            null,
            true,
          ])
        }),
      ))

    it('stops at the limit and says so', () =>
      using((warehouse) =>
        withConnection(warehouse, async (connection) => {
          const result = await connection.query(`select * from ${series(10000)}`, { limit: 7 })
          expect([result.rows.length, result.truncated]).toEqual([7, true])
          expect((await connection.query('select 1', { limit: 7 })).truncated).toBe(false)
        }),
      ))

    it('reads rows piece by piece, and goes on when a loop is left or cancelled', () =>
      using((warehouse) =>
        withConnection(warehouse, async (connection) => {
          const stream = connection.stream?.bind(connection) as NonNullable<typeof connection.stream>
          const sql = `select n, cast(n as ${types.text}) as t from ${series(10000)} order by n`
          const pieces: number[] = []
          let sum = 0
          for await (const { rows, columns } of stream(sql)) {
            expect(columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
              `${folded(warehouse, 'n')} integer`,
              `${folded(warehouse, 't')} text`,
            ])
            pieces.push(rows.length)
            for (const [n] of rows) sum += Number(n)
          }
          expect(sum).toBe(50_005_000)
          expect(Math.max(...pieces)).toBeLessThan(3_000)
          for await (const { rows } of stream(sql)) {
            expect(rows[0]).toEqual([1, '1'])
            break
          }
          const stop = new AbortController()
          const cancelled = async () => {
            for await (const _ of stream(sql, { signal: stop.signal })) stop.abort(new Error('enough'))
          }
          await expect(cancelled()).rejects.toThrow()
          objects(warehouse, await connection.query('select 1 as one'), [{ one: 1 }])
          await expect(stream('select nothing')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
            code: 'WAREHOUSE_SQL',
          })
        }),
      ))

    it('lists relations and columns', () =>
      using(async (warehouse) => {
        await withConnection(warehouse, (connection) =>
          connection.query(
            `create schema s; create table s.t (a ${types.integer} not null, b ${types.text}); create view s.v as select * from s.t`,
          ),
        )
        const relations = await warehouse.listRelations({ schemas: ['s'] })
        const name = (written: string) => folded(warehouse, written)
        expect(relations.map(({ identifier, type }) => [identifier, type])).toEqual([
          [name('t'), 'table'],
          [name('v'), 'view'],
        ])
        const columns = await warehouse.columns({ schema: name('s'), identifier: name('t') })
        expect(columns.map((column) => [column.name, column.kind, column.isNullable])).toEqual([
          [name('a'), 'integer', !words.hasNotNull],
          [name('b'), 'text', true],
        ])
        expect(await warehouse.listSchemas()).toContain(name('s'))
      }))

    it('rolls back what a failed transaction wrote, tables included where it can', () =>
      using(async (warehouse) => {
        await withConnection(warehouse, async (connection) => {
          const { transactions, transactionalDdl } = warehouse.capabilities
          if (!transactions) {
            await expect(connection.begin()).rejects.toMatchObject({ code: 'WAREHOUSE_SQL' })
            return
          }
          await connection.query(`create table kept (a ${types.integer})`)
          const work = inTransaction(connection, async () => {
            if (transactionalDdl) await connection.query(`create table gone (a ${types.integer})`)
            await connection.query('insert into kept values (1)')
            await connection.query('select * from does_not_exist')
          })
          await expect(work).rejects.toMatchObject({ code: 'WAREHOUSE_SQL' })
          expect((await warehouse.listRelations({})).map(({ identifier }) => identifier.toLowerCase())).toEqual([
            'kept',
          ])
          expect((await connection.query('select * from kept')).rows).toEqual([])
        })
      }))

    it('forgets what a session was told when it is made as new', () =>
      using((warehouse) =>
        withConnection(warehouse, async (connection) => {
          const { zone, temporaryTables } = words
          const { transactions } = warehouse.capabilities
          await connection.query('create table kept as select 1 as n')
          if (temporaryTables) await connection.query('create temporary table helper as select 1 as n')
          if (zone) await connection.query(zone.set)
          if (transactions) {
            await connection.begin()
            await connection.query('insert into kept values (2)')
          }
          await connection.reset()
          if (temporaryTables)
            await expect(connection.query('select * from helper')).rejects.toMatchObject({ code: 'WAREHOUSE_SQL' })
          if (zone) expect((await connection.query(zone.shown)).rows[0]?.[0]).not.toBe('Pacific/Kiritimati')
          expect((await connection.query('select n from kept')).rows).toEqual([[1]])
        }),
      ))

    it('binds parameters and counts what it wrote', () =>
      using((warehouse) =>
        withConnection(warehouse, async (connection) => {
          await connection.query(`create table p (a ${types.integer}, b ${types.text})`)
          const written = await connection.query("insert into p values (1, 'x'), (2, 'y')")
          if (words.countsWrites) {
            expect(written.rowsAffected).toBe(2)
            expect((await connection.query('delete from p where a > 2')).rowsAffected).toBe(0)
          }
          expect(
            (await connection.query(`select 5 as ${warehouse.quoteIdentifier('Count')}`)).rowsAffected,
          ).toBeUndefined()
          const read = await connection.query(`select b from p where a = ${parameter(1)}`, { params: [2] })
          objects(warehouse, read, [{ b: 'y' }])
        }),
      ))

    it.each([0, 1, 2, 100])('interrupts a query when the signal aborts %i ms after its start', (delayMs) =>
      using((warehouse) =>
        withConnection(warehouse, async (connection) => {
          const abort = new AbortController()
          setTimeout(() => abort.abort(), delayMs)
          const endless = connection.query(`create table endless as ${words.endless}`, { signal: abort.signal })
          await expect(endless).rejects.toMatchObject({ code: 'ABORTED' })
          expect((await connection.query('select 1 as one')).rows).toEqual([[1]])
        }),
      ),
    )

    it('refuses a second statement where one is allowed', () =>
      using((warehouse) =>
        withConnection(warehouse, async (connection) => {
          const two = connection.query('select 1 as a; create table made as select 1 as x', { isSingle: true })
          await expect(two).rejects.toMatchObject({ code: 'WAREHOUSE_SQL' })
          expect((await connection.query('select 1 as a;', { isSingle: true })).rows).toEqual([[1]])
          expect(await warehouse.listRelations({})).toEqual([])
        }),
      ))

    it('takes numbers of every size, as parameters and as literals', () =>
      using((warehouse) =>
        withConnection(warehouse, async (connection) => {
          const endless = words.hasInfiniteFloats ? [Infinity, -Infinity, NaN] : []
          const numbers = [0, -1, 1.5, 9007199254740991, 9223372036854775807n, 1e20, 1e300, ...endless]
          for (const number of numbers) {
            expect((await connection.query(`select ${parameter(1)}`, { params: [number] })).rows).toEqual([[number]])
            const literal = `cast(${warehouse.quoteLiteral(number)} as ${types.double})`
            expect((await connection.query(`select ${literal}`)).rows).toEqual([[Number(number)]])
          }
        }),
      ))

    it.runIf(words.hasInfiniteTimes)('knows dates and times without an end', () =>
      using((warehouse) =>
        withConnection(warehouse, async (connection) => {
          const ends = ['infinity', '-infinity'].flatMap((end) =>
            ['date', types.timestamp, types.timestamptz].map((type) => `cast('${end}' as ${type})`),
          )
          const [row] = (await connection.query(`select ${ends.join(', ')}`)).rows
          expect(row).toEqual([...Array(3).fill('infinity'), ...Array(3).fill('-infinity')])
        }),
      ),
    )

    it.runIf(words.beforeChrist)('has the era behind the times of years before Christ', () =>
      using((warehouse) =>
        withConnection(warehouse, async (connection) => {
          const casts = ['date', types.timestamp, types.timestamptz].map(
            (type) => `cast('${words.beforeChrist}' as ${type})`,
          )
          const [row] = (await connection.query(`select ${casts.join(', ')}`)).rows
          expect(row?.slice(0, 2)).toEqual(['0044-03-15 BC', '0044-03-15T10:00:00.5 BC'])
          expect(row?.[2]).toMatch(/^0044-03-15T[\d:.]+Z BC$/)
        }),
      ),
    )

    it('quotes identifiers and literals so that they come back as they were', () =>
      using((warehouse) =>
        withConnection(warehouse, async (connection) => {
          const name = words.strangeName
          const result = await connection.query(
            `select ${warehouse.quoteLiteral("o'clock")} as ${warehouse.quoteIdentifier(name)}`,
          )
          expect(rowObjects(result)).toEqual([{ [name]: "o'clock" }])
        }),
      ))
  })
}
