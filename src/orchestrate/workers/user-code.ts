import { totalmem } from 'node:os'
import {
  currentSpan,
  endMarked,
  type Logger,
  type MillraceError,
  plural,
  Semaphore,
  toMillraceError,
} from '../../base/index.js'
import type {
  ProjectNames,
  RunPartition,
  SensorQuestion,
  SensorResult,
  StepContext,
  StepExecutor,
} from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import type { Report, Task, UserDefinitions } from './messages.js'
import { markOfStep } from './step-keys.js'
import type { TaskOptions } from './user-thread.js'
import { type RunTask, UserThreads } from './user-threads.js'

export interface UserCodeOptions {
  readonly file: string
  readonly projectDir: string
  readonly logger: Logger
  /** Answers a query of the user's code: rows as objects. */
  readonly query: (sql: string, signal: AbortSignal | undefined) => Promise<unknown>
  /** The rows of a query, piece by piece; without it a table comes as one piece. */
  readonly read?: (sql: string, signal: AbortSignal | undefined) => AsyncIterable<unknown>
  readonly limits?: UserCodeLimits
}

export interface UserCodeLimits {
  readonly loadMs: number
  readonly sensorMs: number
  readonly heapMb: number
}

/** Of memory a quarter of the machine: an asset that needs more should let the warehouse do the work. */
const usualLimits: UserCodeLimits = {
  loadMs: 30_000,
  sensorMs: 60_000,
  heapMb: Math.max(512, Math.round(totalmem() / 4 / 1024 / 1024)),
}
const maxSteps = 4
/** Sensors do not stand in line behind assets, nor behind deliveries, which others send as fast as they like. */
const maxSensors = 2
const maxDeliveries = 2

/** The user's definitions.ts, in threads. */
export class UserCode implements StepExecutor {
  readonly kind = 'typescript'
  readonly #options: UserCodeOptions
  readonly #limits: UserCodeLimits
  readonly #steps = new Semaphore(maxSteps)
  readonly #sensors = new Semaphore(maxSensors)
  readonly #deliveries = new Semaphore(maxDeliveries)
  readonly #threads: UserThreads

  constructor(options: UserCodeOptions) {
    this.#options = options
    this.#limits = options.limits ?? usualLimits
    const { file, projectDir } = options
    this.#threads = new UserThreads({ file, projectDir, ...this.#limits })
  }

  /**
   * Loads the file anew and answers what it defines.
   * @param names what the project has besides; without them the file may name any table
   * @throws DEFINITIONS_INVALID with file, line and frame
   */
  async load(names?: ProjectNames): Promise<UserDefinitions> {
    return this.#threads.load(names, this.#outsideRuns())
  }

  async evaluateSensor(
    name: string,
    { cursor, signal, delivery }: Partial<SensorQuestion> = {},
  ): Promise<SensorResult> {
    const options = { signal, timeoutMs: this.#limits.sensorMs, ...this.#outsideRuns(signal) }
    const work = () => this.#threads.using((run) => run({ type: 'sensor', name, cursor, delivery }, options))
    return (await (delivery ? this.#deliveries : this.#sensors).run(work, signal)) as SensorResult
  }

  /** A step has one thread for all its calls: it ends with the code that it began with. */
  async execute(context: StepContext): Promise<void> {
    await endEarlier(context)
    await this.#steps.run(() => this.#threads.using((run) => this.#execute(context, run)), context.signal)
  }

  async #execute(context: StepContext, run: RunTask): Promise<void> {
    const { assets, step, runId, tags, attempt } = context
    const config = context.config?.[assets[0] ?? '']
    const { traceparent } = currentSpan()
    const task = { type: 'step', step: step.key, run: { runId, tags, attempt, traceparent }, config } as const
    const calls = partitionCalls(context)
    if (!calls) {
      const [asset] = assets
      const reads = asset === undefined ? undefined : await context.inputPartitions?.(asset)
      const others = asset === undefined ? await toldOf(context) : {}
      await this.#step(context, run, { ...task, assets, checks: step.checks, reads, ...others })
      return
    }
    const failures: MillraceError[] = []
    for (const { partitions, assets: wanted } of calls) {
      context.signal.throwIfAborted()
      try {
        const reads = await context.inputPartitions?.(assets[0] ?? '', partitions[0]?.key)
        const checks = step.checks.filter(({ asset }) => wanted.includes(asset))
        await this.#step(context, run, { ...task, assets: wanted, checks, partitions, reads })
      } catch (thrown) {
        context.signal.throwIfAborted()
        const error = toMillraceError(thrown)
        failures.push(error)
        // A day that cannot be made does not hold up the others.
        if (calls.length > 1) context.log('error', `${partitions[0]?.key}: ${error.message}`)
      }
    }
    const [first] = failures
    if (first) throw first
  }

  async #step(context: StepContext, run: RunTask, task: Extract<Task, { type: 'step' }>): Promise<void> {
    const { signal } = context
    const keys = task.partitions?.map(({ key }) => key)
    await run(task, {
      signal,
      ...this.#asks(signal),
      onReport: (report) => tell(context, report, keys),
      history: async ({ asset, name }, most) =>
        (await context.history?.({ asset, check: name }, most, keys)) ?? { materializations: [], outcomes: [] },
    })
  }

  async close(): Promise<void> {
    await this.#threads.end(orchestrateErrors.create('USER_CODE_CRASHED', { message: 'The engine shuts down.' }))
  }

  #asks(signal: AbortSignal | undefined): Pick<TaskOptions, 'query' | 'read'> {
    const { query, read } = this.#options
    return {
      query: (sql) => query(sql, signal),
      read: async function* (sql) {
        if (read) yield* read(sql, signal)
        else yield await query(sql, signal)
      },
    }
  }

  /** What code outside of runs prints belongs to the engine's own log. */
  #outsideRuns(signal?: AbortSignal): Pick<TaskOptions, 'query' | 'read' | 'onReport'> {
    const { logger } = this.#options
    return {
      ...this.#asks(signal),
      onReport: (report) => {
        if (report.type === 'log') logger[report.level](report.message)
      },
    }
  }
}

/** What an attempt has started goes on when its engine is killed, and would do the same work beside this one. */
async function endEarlier({ attempt, runId, step, log }: StepContext): Promise<void> {
  if (attempt === 1) return
  const count = await endMarked(markOfStep(runId, step.key))
  if (count > 0) log('warn', `Ended ${plural(count, 'process')} that an earlier attempt had left behind.`)
}

/** What a step that only checks asks about; it checks one asset. */
async function toldOf({ step, toldOf }: StepContext): Promise<Partial<Extract<Task, { type: 'step' }>>> {
  const [check] = step.checks
  const told = check && (await toldOf?.(check.asset))
  if (!told) return {}
  return { checked: told.metadata, ...(told.partitions.length > 0 ? { partitions: told.partitions } : {}) }
}

/** The calls that make what is open of assets with partitions; undefined where they have none. */
function partitionCalls({ assets, step, partitionsOf }: StepContext) {
  const cuts = assets.flatMap((asset) => {
    const cut = partitionsOf(asset)
    return cut ? [{ asset, ...cut, open: new Set(cut.partitions.map(({ key }) => key)) }] : []
  })
  const [first] = cuts
  if (!first) return undefined
  const all = [...new Map(cuts.flatMap((cut) => cut.partitions.map((one) => [one.key, one] as const))).values()]
  const groups: readonly (readonly RunPartition[])[] = first.make === 'each' ? all.map((one) => [one]) : [all]
  return groups
    .filter((partitions) => partitions.length > 0)
    .map((partitions) => ({
      partitions,
      // Where the function has a choice, it makes of each partition what an earlier attempt left.
      assets: step.isSubsettable
        ? cuts.filter(({ open }) => partitions.some(({ key }) => open.has(key))).map(({ asset }) => asset)
        : assets,
    }))
}

function tell(context: StepContext, report: Report, partitions: readonly string[] | undefined): void {
  switch (report.type) {
    case 'log':
      context.log(report.level, report.message)
      return
    case 'materialized':
      context.materialized(report.asset, report.metadata, partitions)
      return
    case 'checked':
      context.checked(report.check.asset, report.check.name, report.check, partitions)
  }
}
