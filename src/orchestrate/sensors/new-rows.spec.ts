import { describe, expect, it } from 'vitest'
import type { SensorAnswer } from '../authoring/sensor.js'
import { newRows } from './new-rows.js'

/** What it answers each time, when the table's mark is one after the other. */
async function answers(
  options: Parameters<typeof newRows>[0],
  marks: readonly (string | null)[],
): Promise<SensorAnswer[]> {
  const sensor = newRows(options)
  const found: SensorAnswer[] = []
  let cursor: unknown
  for (const mark of marks) {
    const query = async (sql: string) => {
      expect(sql).toContain(options.table)
      const [, last] = /> '(.*)' as is_more/.exec(sql) ?? []
      return [{ mark, is_more: mark === null ? null : Number(mark) > Number(last) }]
    }
    const answer = await sensor.evaluate({ cursor, query, projectDir: '/' } as unknown as Parameters<
      typeof sensor.evaluate
    >[0])
    found.push(answer)
    cursor = answer.cursor
  }
  return found
}
const started = (all: readonly SensorAnswer[]) => all.map(({ runs }) => runs?.[0]?.tags?.rows)

describe('newRows', () => {
  it('starts nothing for what was there, and one run for each new mark', async () => {
    const all = await answers({ table: 'raw.orders', cursor: 'id', target: '*' }, ['7', '7', '9', '9', '12'])
    expect(started(all)).toEqual([undefined, undefined, '9', undefined, '12'])
    expect(all[0]?.skip).toBe('7 is there already')
    expect(new Set(all.flatMap(({ runs = [] }) => runs.map(({ key }) => key))).size).toBe(2)
  })
  it('goes by the number of rows without a cursor, also when it shrinks', async () => {
    expect(started(await answers({ table: 'raw.orders', target: '*' }, ['0', '3', '2']))).toEqual([undefined, '3', '2'])
  })
  it('tells a number of rows that comes back from the one that was there before', async () => {
    const all = await answers({ table: 'raw.orders', target: '*' }, ['2', '3', '2', '3'])
    expect(new Set(all.flatMap(({ runs = [] }) => runs.map(({ key }) => key))).size).toBe(3)
  })
  it('starts nothing for a mark that went back, nor when it is where it was', async () => {
    const all = await answers({ table: 'raw.orders', cursor: 'id', target: '*' }, ['7', '9', '8', '9', '10'])
    expect(started(all)).toEqual([undefined, '9', undefined, undefined, '10'])
  })
  it('goes on from a cursor of before changes were counted', async () => {
    const sensor = newRows({ table: 't', target: '*' })
    const answer = await sensor.evaluate({ cursor: '3', query: async () => [{ mark: '4' }] } as never)
    expect(answer).toMatchObject({ cursor: { mark: '4', changes: 1 }, runs: [{ tags: { rows: '4' } }] })
  })
  it('waits for the first rows of an empty table, and forgets nothing when it is emptied', async () => {
    const all = await answers({ table: 'raw.orders', cursor: 'id', target: '*' }, [null, '1', null, '1'])
    expect(started(all)).toEqual([undefined, '1', undefined, undefined])
  })
  it('needs a table', () => {
    expect(() => newRows({ table: ' ', target: '*' })).toThrow('newRows(…) has no table.')
  })
})
