import type pg from 'pg'
import type { Findings } from '../support/audit-store.js'
import type { Sent } from './deliveries.js'
import { hooks } from './soak-files.js'

interface Kept {
  readonly sensor: string
  readonly delivery_id: string
  readonly status: string | null
  readonly run_ids: readonly string[] | null
}

interface KeyedRun {
  readonly id: string
  readonly trigger_name: string
  readonly run_key: string
}

/** What senders were answered, held against what became of it: one run for each key that was taken, whoever died. */
export async function auditDeliveries(client: pg.Client, sent: readonly Sent[]): Promise<Findings> {
  const { rows: kept } = await client.query<Kept>(
    'select d.sensor, d.delivery_id, t.status, t.run_ids from webhook_deliveries d left join ticks t on t.id = d.tick_id',
  )
  const { rows: runs } = await client.query<KeyedRun>(
    'select id, trigger_name, run_key from runs where trigger_name = any($1)',
    [hooks],
  )
  const runsOf = new Map<string, string[]>()
  for (const { id, trigger_name, run_key } of runs) {
    const place = run_key.replace(/^sensor /, '')
    if (!place.startsWith(`${trigger_name} `)) throw new Error(`${run_key} is no key of ${trigger_name}`)
    runsOf.set(place, [...(runsOf.get(place) ?? []), id])
  }
  const placeOf = ({ hook, key }: Sent) => `${hook} ${key}`
  const known = new Set(sent.map(placeOf))
  const taken = sent.filter(({ answers }) => answers.length > 0)
  const rowsOf = new Map<string, Kept[]>()
  for (const row of kept) {
    const place = `${row.sensor} ${row.delivery_id}`
    rowsOf.set(place, [...(rowsOf.get(place) ?? []), row])
  }
  return {
    'a sender that comes again is answered in the end': sent
      .filter(({ answers, isGivenUp }) => answers.length === 0 && !isGivenUp)
      .map(placeOf),
    'a delivery that was answered with success is one run': taken
      .map((one) => ({ place: placeOf(one), count: runsOf.get(placeOf(one))?.length ?? 0 }))
      .filter(({ count }) => count !== 1)
      .map(({ place, count }) => `${place} has ${count} runs`),
    'all answers to a key name the same run': taken.flatMap((one) =>
      one.answers
        .filter((ids) => ids.length > 0 && ids.join() !== runsOf.get(placeOf(one))?.join())
        .map((ids) => `${placeOf(one)}: ${ids.join()}`),
    ),
    'a delivery is kept once, and is one tick with its run': [...rowsOf].flatMap(([place, [row, ...more]]) =>
      more.length === 0 && row?.status === 'requested' && row.run_ids?.join() === runsOf.get(place)?.join()
        ? []
        : [`${place}: ${1 + more.length} times, ${row?.status ?? 'it still waits'}, ${row?.run_ids?.join() ?? ''}`],
    ),
    'no run comes of what was not sent': [...runsOf]
      .filter(([place, ids]) => !known.has(place) || !rowsOf.has(place) || ids.length > 1)
      .map(([place, ids]) => `${place}: ${ids.join()}`),
  }
}
