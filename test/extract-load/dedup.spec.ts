import { rm, utimes } from 'node:fs/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SyncBench } from '../support/sync-bench.js'

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
})
afterEach(() => bench.close())

interface Row {
  readonly id: number | null
  readonly at: number | null
  readonly v: string
}

const formats = {
  csv: (rows: readonly Row[]) => `id,at,v\n${rows.map((row) => `${row.id ?? ''},${row.at ?? ''},${row.v}\n`).join('')}`,
  jsonl: (rows: readonly Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
}

/** Of each key the row with the highest cursor; one without a cursor only where there is no other. */
function newest(rows: readonly Row[]): Row[] {
  const byKey = new Map<number | null, Row>()
  for (const row of rows) {
    const other = byKey.get(row.id)
    if (!other || (row.at ?? -1) >= (other.at ?? -1)) byKey.set(row.id, row)
  }
  return [...byKey.values()].sort((a, b) => (a.id ?? -1) - (b.id ?? -1))
}

it('however rows are split over files, and whenever they are synced, the deduplicated table is the same', async () => {
  const row = fc.record({
    id: fc.option(fc.integer({ min: 0, max: 5 })),
    at: fc.option(fc.integer({ min: 0, max: 9_000 })),
    v: fc.constantFrom('a', 'b', 'c'),
  })
  // No two rows of a key are of the same moment: which of them is the newer one nothing tells.
  const rows = fc.uniqueArray(row, { selector: ({ id, at }) => `${id} ${at}`, minLength: 1, maxLength: 12 })
  const history = rows.chain((all) =>
    fc.record({
      all: fc.constant(all),
      file: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: all.length, maxLength: all.length }),
      order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4, maxLength: 4 }),
      isSyncedAfter: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      format: fc.constantFrom('csv' as const, 'jsonl' as const),
    }),
  )
  const settings = '{ sync_mode: incremental, primary_key: id, cursor_field: at }'
  await fc.assert(
    fc.asyncProperty(history, async ({ all, file, order, isSyncedAfter, format }) => {
      await bench.query('drop table if exists raw.s')
      const written: string[] = []
      for (const [step, n] of order.entries()) {
        const part = all.filter((_, i) => file[i] === n)
        if (part.length === 0) continue
        const name = `a${n}.${format}`
        await bench.write(name, formats[format](part))
        written.push(name)
        if (isSyncedAfter[step])
          expect(await bench.sync(`a*.${format}`, settings)).toMatchObject({ status: 'succeeded' })
      }
      expect(await bench.sync(`a*.${format}`, settings)).toMatchObject({ status: 'succeeded' })
      expect(await bench.query('select id, "at", v from raw.s order by id nulls first')).toEqual(
        newest(all).map(({ id, at, v }) => [id, at, v]),
      )
      const again = await bench.sync(`a*.${format}`, settings)
      expect(again).toMatchObject({ recordsRead: 0, note: expect.stringContaining('nothing new') })
      for (const name of written) await rm(bench.path(name))
    }),
    { numRuns: 15, seed: 20_261_125 },
  )
}, 120_000)

it('a changed file brings only its newer rows, and no older one takes the place of a newer', async () => {
  const settings = '{ sync_mode: incremental, primary_key: id, cursor_field: at }'
  await bench.write('a1.csv', 'id,at,v\n1,2024-01-01,a\n2,2024-01-05,b\n')
  await bench.sync('a*.csv', settings)
  await bench.write('a1.csv', 'id,at,v\n1,2024-01-02,c\n2,2024-01-05,b\n3,2023-01-01,late\n')
  await bench.write('a2.csv', 'id,at,v\n2,2024-01-04,old\n')
  for (const name of ['a1.csv', 'a2.csv']) await utimes(bench.path(name), new Date(), new Date(Date.now() + 5_000))
  expect(await bench.sync('a*.csv', settings)).toMatchObject({ recordsRead: 4, recordsCommitted: 2 })
  expect(await bench.query('select id, v from raw.s order by id')).toEqual([
    [1, 'c'],
    [2, 'b'],
    [3, 'late'],
  ])
})
