import { Counter, Histogram, type Registry } from 'prom-client'
import type { OrchestrateStore } from '../../orchestrate/index.js'

/** Who commits later than another may have begun to end earlier: looked at again, and counted once. */
const lookBackMs = 60_000

/** Counts runs as they end, from the first look at them on: what the store forgets stays counted. */
export class RunFigures {
  readonly #store: Pick<OrchestrateStore, 'endedRuns'>
  readonly #ended: Counter<'status' | 'trigger'>
  readonly #steps: Counter<'kind' | 'status'>
  readonly #rows: Counter<'connection'>
  readonly #bytes: Counter<'connection'>
  readonly #takenOver: Counter
  readonly #durations: Histogram<'status'>
  readonly #waits: Histogram
  /** By id: when each of those that are looked at again ended. */
  readonly #counted = new Map<string, number>()
  #since: string | undefined

  constructor(registry: Registry, store: Pick<OrchestrateStore, 'endedRuns'>) {
    this.#store = store
    const registers = [registry]
    const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
      new Counter({ name: `millrace_${name}`, help, labelNames, registers })
    this.#ended = counter('runs_ended_total', 'Runs that ended, by how and by what asked for them', [
      'status',
      'trigger',
    ])
    this.#steps = counter('steps_ended_total', 'Steps of runs that ended, by their kind', ['kind', 'status'])
    this.#rows = counter('sync_rows_total', 'Rows that syncs committed', ['connection'])
    this.#bytes = counter('sync_bytes_total', 'Bytes that syncs read', ['connection'])
    this.#takenOver = counter('leases_expired_total', 'How often a run was taken over because its engine was silent')
    this.#durations = new Histogram({
      name: 'millrace_run_duration_seconds',
      help: 'From the first start of a run to its end',
      labelNames: ['status'],
      buckets: [1, 5, 15, 60, 300, 900, 3_600, 14_400],
      registers,
    })
    this.#waits = new Histogram({
      name: 'millrace_run_queue_seconds',
      help: 'How long a run was queued before it started first',
      buckets: [0.1, 1, 5, 30, 120, 600, 3_600],
      registers,
    })
  }

  async collect(): Promise<void> {
    const { since, runs, steps, loads } = await this.#store.endedRuns({
      since: this.#since,
      except: [...this.#counted.keys()],
    })
    const newestMs = Date.parse(since)
    this.#since = this.#since === undefined ? since : later(this.#since, new Date(newestMs - lookBackMs).toISOString())
    for (const { id, status, trigger, createdAt, startedAt, endedAt, attempt } of runs) {
      this.#counted.set(id, Date.parse(endedAt))
      this.#ended.inc({ status, trigger })
      this.#takenOver.inc(Math.max(0, attempt - 1))
      if (startedAt === undefined) continue
      this.#durations.observe({ status }, secondsBetween(startedAt, endedAt))
      this.#waits.observe(secondsBetween(createdAt, startedAt))
    }
    for (const { kind, status, count } of steps) this.#steps.inc({ kind, status }, count)
    for (const { step, rows, bytes } of loads) {
      const connection = step.slice('sync:'.length)
      this.#rows.inc({ connection }, rows)
      this.#bytes.inc({ connection }, bytes)
    }
    for (const [id, endedMs] of this.#counted) if (endedMs < Date.parse(this.#since)) this.#counted.delete(id)
  }
}

const later = (a: string, b: string) => (a > b ? a : b)
const secondsBetween = (from: string, to: string) => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1_000)
