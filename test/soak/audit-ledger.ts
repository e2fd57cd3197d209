import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import type { Findings } from '../support/audit-store.js'
import type { Frozen } from './killing.js'

interface Execution {
  readonly asset: string
  readonly run: string
  readonly pid: number
  readonly partitions?: readonly string[]
  readonly beginMs: number
  endMs: number | undefined
}

async function readLedger(dir: string): Promise<Map<string, Execution>> {
  const executions = new Map<string, Execution>()
  for (const text of (await readFile(join(dir, 'ledger.jsonl'), 'utf8')).trim().split('\n')) {
    const line = JSON.parse(text)
    if (line.what === 'begin') executions.set(line.id, { ...line, beginMs: line.at, endMs: undefined })
    else (executions.get(line.id) as Execution).endMs = line.at
  }
  return executions
}

const placeOf = ({ run, asset, partitions }: Execution) => `${run} ${asset} ${partitions?.join(',') ?? ''}`

/** What user code did, held against what the store says that it did. */
export async function auditLedger(
  client: pg.Client,
  dir: string,
  frozen: readonly Frozen[],
): Promise<{ readonly findings: Findings; readonly executions: number; readonly again: number }> {
  const executions = [...(await readLedger(dir)).values()]
  const finished = executions.filter(({ endMs }) => endMs !== undefined)
  const isFrozen = (from: number, to: number) => frozen.some((one) => one.fromMs < to && from < one.untilMs + 20_000)
  const byPlace = new Map<string, Execution[]>()
  for (const one of executions) byPlace.set(placeOf(one), [...(byPlace.get(placeOf(one)) ?? []), one])

  const { rows: made } = await client.query<{ run_id: string; asset: string }>(
    "select distinct run_id, asset from events where type = 'asset_materialized' and (asset like 'ledger/%' or asset like 'derived/%')",
  )
  const done = new Set(finished.map(({ run, asset }) => `${run} ${asset}`))
  const { rows: started } = await client.query<{ run_id: string; asset: string; n: number; lost: number }>(
    `select s.run_id, a as asset, s.attempt as n, (select count(*)::int from events e where e.run_id = s.run_id and e.type in ('run_started', 'run_resumed')) as lost
     from run_steps s, jsonb_array_elements_text(s.assets) a`,
  )
  // What fails twice on purpose may have done so in a process that was cut off, and could tell nobody.
  const untold = (asset: string) => (asset === 'ledger/flaky' ? 2 : 0)
  const attempts = new Map(
    started.map(({ run_id, asset, n, lost }) => [`${run_id} ${asset}`, n + lost + untold(asset)]),
  )

  const overlaps: string[] = []
  const tooOften: string[] = []
  for (const [place, all] of byPlace) {
    const ends = all.filter(({ endMs }) => endMs !== undefined)
    for (const a of ends)
      for (const b of ends)
        if (
          a !== b &&
          a.beginMs <= b.beginMs &&
          b.beginMs < (a.endMs as number) &&
          !isFrozen(a.beginMs, b.endMs as number)
        )
          overlaps.push(`${place} by ${a.pid} and ${b.pid}`)
    const [first] = all
    const most = attempts.get(`${first?.run} ${first?.asset}`) ?? 0
    if (all.length > most) tooOften.push(`${place}: ${all.length} times, ${most} attempts`)
  }
  return {
    executions: executions.length,
    again: [...byPlace.values()].filter((all) => all.length > 1).length,
    findings: {
      'what the store calls made was carried out to its end': made
        .map(({ run_id, asset }) => `${run_id} ${asset}`)
        .filter((place) => !done.has(place)),
      'nothing is carried out twice at once': overlaps,
      'nothing is carried out more often than it has attempts': tooOften,
      'a pool is never exceeded': narrowPool(finished, isFrozen),
    },
  }
}

function narrowPool(finished: readonly Execution[], isFrozen: (from: number, to: number) => boolean): string[] {
  const pooled = finished.filter(({ asset }) => asset.startsWith('ledger/narrow'))
  return pooled.flatMap((one) => {
    const atOnce = pooled.filter((other) => other.beginMs <= one.beginMs && one.beginMs < (other.endMs as number))
    return atOnce.length > 2 && !isFrozen(one.beginMs, one.endMs as number)
      ? [`${atOnce.length} at once: ${atOnce.map(({ run, asset }) => `${run} ${asset}`).join(', ')}`]
      : []
  })
}
