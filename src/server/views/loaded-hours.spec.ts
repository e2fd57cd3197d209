import { expect, it } from 'vitest'
import type { Definitions } from '../../orchestrate/index.js'
import { LoadedHours } from './loaded-hours.js'

const definitions = { connections: [{ streams: [{ asset: 'raw/a' }] }] } as unknown as Definitions
const time = (text: string) => new Date(`${text}:00.000Z`)

/** A store that something is loaded into each hour, and what it was asked for. */
function loads() {
  const asked: string[] = []
  const loaded = new Map<string, number>()
  const loadedByHour = async ({ since }: { since: Date }) => {
    asked.push(since.toISOString().slice(0, 13))
    return [...loaded].flatMap(([at, rows]) => (at >= since.toISOString() ? [{ at, rows, bytes: 0 }] : []))
  }
  return { asked, loaded, hours: new LoadedHours({ loadedByHour }) }
}

it('hours that are over are added up once, those that may still change again', async () => {
  const { asked, loaded, hours } = loads()
  const rowsAt = async (now: string) => (await hours.of(definitions, time(now))).map(({ rows }) => rows)
  loaded.set('2026-03-09T12:00:00.000Z', 1)
  loaded.set('2026-03-10T11:00:00.000Z', 2)
  expect(await rowsAt('2026-03-10T11:30')).toEqual([1, 2])

  loaded.set('2026-03-10T11:00:00.000Z', 3)
  // It is over since two minutes.
  expect(await rowsAt('2026-03-10T12:02')).toEqual([3])
  loaded.set('2026-03-10T11:00:00.000Z', 4)
  loaded.set('2026-03-10T12:00:00.000Z', 5)
  expect(await rowsAt('2026-03-10T12:06')).toEqual([4, 5])
  expect(await rowsAt('2026-03-10T12:07')).toEqual([4, 5])
  expect(asked).toEqual(['2026-03-09T12', '2026-03-10T11', '2026-03-10T11', '2026-03-10T12'])

  // Other streams are other sums, and after a day nothing of before is left.
  await hours.of({ ...definitions }, time('2026-03-10T12:08'))
  await hours.of(definitions, time('2026-03-12T12:08'))
  expect(asked.slice(4)).toEqual(['2026-03-09T13', '2026-03-11T13'])
})
