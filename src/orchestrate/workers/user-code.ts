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
import type { FilePlaces } from '../authoring/sensor.js'
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
import type { RunTask, TaskOptions } from './user-host.js'
import { UserProcesses } from './user-processes.js'
import { UserThreads } from './user-threads.js'

export interface UserCodeOptions {
  readonly file: string
  readonly projectDir: string
  /** A folder in which is kept what was made of the file, for the next who loads it. */
  readonly keptIn?: string | undefined
  readonly logger: Logger
  /** Answers a query of the user's code: rows as objects. */
  readonly query: (sql: string, signal: AbortSignal | undefined) => Promise<unknown>
  /** The rows of a query, piece by piece; without it a table comes as one piece. */
  readonly read?: (sql: string, signal: AbortSignal | undefined) => AsyncIterable<unknown>
  /** Lists files, here or elsewhere: `ListedFile`. */
  readonly files?: (path: string, places: FilePlaces, signal: AbortSignal | undefined) => Promise<unknown>
  readonly limits?: UserCodeLimits
}

export interface UserCodeLimits {
  readonly loadMs: number
  readonly sensorMs: number
  readonly heapMb: number
  /** How long a thread is kept that nobody needs, besides the one used last. */
  readonly lingerMs: number
}

/**
 * Of memory a quarter of the machine: an asset that needs more should let the warehouse do the work. A file that loads in a second takes half a minute
 * where thirty others want the same core.
 */
const usualLimits: UserCodeLimits = {
  loadMs: 120_000,
  sensorMs: 60_000,
  lingerMs: 30_000,
  heapMb: Math.max(512, Math.round(totalmem() / 4 / 1024 / 1024)),
}
const maxSteps = 4
/** Sensors do not stand in line behind assets, nor behind deliveries, which others send as fast as they like. */
const maxSensors = 2
const maxDeliveries = 2

/** The user's definitions.ts, in threads, and in processes where an asset wants one of its own. */
export class UserCode implements StepExecutor {
  readonly kind = 'typescript'
  readonly #options: UserCodeOptions
  readonly #limits: UserCodeLimits
  readonly #steps = new Semaphore(maxSteps)
  readonly #sensors = new Semaphore(maxSensors)
  readonly #deliveries = new Semaphore(maxDeliveries)
  readonly #threads: UserThreads
  readonly #processes: UserProcesses

  constructor(options: UserCodeOptions) {
    this.#options = options
    this.#limits = options.limits ?? usualLimits
    const { file, projectDir, keptIn } = options
    this.#threads = new UserThreads({ file, projectDir, keptIn, ...this.#limits })
    this.#processes = new UserProcesses({ file, projectDir, keptIn, ...this.#limits })
  }

  /**
   * Loads the file anew and answers what it defines.
   * @param names what the project has besides; without them the file may name any table
   * @param signal ends the thread that loads it, whatever it does
   * @throws DEFINITIONS_INVALID with file, line and frame
   */
  async load(names?: ProjectNames, signal?: AbortSignal): Promise<UserDefinitions> {
    this.#processes.know(names)
    return this.#threads.load(names, { signal, ...this.#outsideRuns(signal) })
  }

  async evaluateSensor(
    name: string,
    { cursor, signal, delivery, news }: Partial<SensorQuestion> = {},
  ): Promise<SensorResult> {
    const options = { signal, timeoutMs: this.#limits.sensorMs, ...this.#outsideRuns(signal) }
    const work = () => this.#threads.using((run) => run({ type: 'sensor', name, cursor, delivery, news }, options))
    return (await (delivery ? this.#deliveries : this.#sensors).run(work, signal)) as SensorResult
  }

  /** A step has one thread, or process, for all its calls: it ends with the code that it began with. */
  async execute(context: StepContext): Promise<void> {
    await endEarlier(context)
    const { step, runId, signal } = context
    const work = (run: RunTask) => this.#execute(context, run)
    const isApart = step.executor === 'process'
    await this.#steps.run(
      () => (isApart ? this.#processes.using(markOfStep(runId, step.key), work) : this.#threads.using(work)),
      signal,
    )
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
      await this.#step(context, run, { ...task, assets, checks: step.checks, reads, ...(await toldOf(context)) })
      return
    }
    const failures: MillraceError[] = []
    for (const [i, { partitions, assets: wanted, readsItself }] of calls.entries()) {
      context.signal.throwIfAborted()
      if (readsItself && failures.length > 0) {
        const left = plural(calls.length - i, 'later partition')
        context.log('warn', `${left} not made: ${assets[0]} reads its own earlier partitions.`)
        break
      }
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
      history: async ({ asset, name, partition }, most) =>
        (await context.history?.({ asset, check: name, partition }, most, keys)) ?? {
          materializations: [],
          outcomes: [],
        },
    })
  }

  async close(): Promise<void> {
    const why = orchestrateErrors.create('USER_CODE_CRASHED', { message: 'The engine shuts down.' })
    await Promise.all([this.#threads.end(why), this.#processes.end(why)])
  }

  #asks(signal: AbortSignal | undefined): Pick<TaskOptions, 'query' | 'read' | 'files'> {
    const { query, read, files = async () => [] } = this.#options
    return {
      query: (sql) => query(sql, signal),
      files: (path, places) => files(path, places, signal),
      read: async function* (sql) {
        if (read) yield* read(sql, signal)
        else yield await query(sql, signal)
      },
    }
  }

  /** What code outside of runs prints belongs to the engine's own log. */
  #outsideRuns(signal?: AbortSignal): Pick<TaskOptions, 'query' | 'read' | 'files' | 'onReport'> {
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

/** What is checked and not made now: of a step that only checks, or what an earlier attempt made. */
async function toldOf({ step, assets, toldOf }: StepContext): Promise<Partial<Extract<Task, { type: 'step' }>>> {
  const others = [...new Set(step.checks.map(({ asset }) => asset))].filter((asset) => !assets.includes(asset))
  if (!toldOf || others.length === 0) return {}
  const told = await Promise.all(others.map(async (asset) => [asset, await toldOf(asset)] as const))
  // Only a step that makes nothing is told of partitions: it checks one asset.
  const partitions = told.flatMap(([, one]) => one.partitions)
  return {
    checked: Object.fromEntries(told.map(([asset, { metadata }]) => [asset, metadata])),
    ...(partitions.length > 0 ? { partitions } : {}),
  }
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
      readsItself: cuts.some((cut) => cut.readsItself),
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
