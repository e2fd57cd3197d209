import { type Clock, throwIfAborted } from '../../../../base/index.js'
import type { StreamSlice } from '../../component-contract.js'
import { failure, failureOf } from '../../failure.js'
import { Job } from './job.js'
import type { JobBudget } from './job-budget.js'

/** What is asked of an API. */
export interface JobApi {
  start(slice: StreamSlice): Promise<Job>
  /** Learns how a job stands. */
  poll(job: Job): Promise<void>
  abort(job: Job): Promise<void>
}

export interface JobOrchestration {
  readonly api: JobApi
  readonly slices: AsyncIterable<StreamSlice>
  readonly budget: JobBudget
  readonly mostTries: number
  /** Before a job that failed is tried again. */
  readonly retryWaitMs: number | undefined
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
  warn(message: string): void
}

const pollEveryMs = 5000

interface Running {
  job: Job
  tries: number
  readonly release: () => void
}

/** Starts a job for each slice, as many at once as the budget lets, and gives those that are ready. Jobs that fail are tried again. */
export async function* readyJobs(given: JobOrchestration): AsyncGenerator<Job> {
  const slices = given.slices[Symbol.asyncIterator]()
  let next = await slices.next()
  let running: Running[] = []
  const problems: unknown[] = []
  try {
    while (!next.done || running.length > 0) {
      throwIfAborted(given.signal)
      try {
        for (const each of running) await retry(each, given)
        while (!next.done) {
          const release = given.budget.take()
          if (!release) break
          const slice = next.value
          // A search that fails has given its last slice: that one is not started again.
          next = { done: true, value: undefined }
          running.push({ job: await start(slice, given, release), tries: 1, release })
          next = await slices.next()
        }
        for (const { job } of running) if (job.status === 'running') await given.api.poll(job)
      } catch (error) {
        throwIfAborted(given.signal)
        given.warn(failureOf(error).message)
        if (failureOf(error).failureType === 'config_error') {
          await abortAll(running, given)
          throw error
        }
        problems.push(error)
      }
      const { ready, left } = await sorted(running, given, problems)
      running = left
      yield* ready
      await given.clock.sleep(pollEveryMs, { signal: given.signal })
    }
  } finally {
    for (const { release } of running) release()
    await slices.return?.()
  }
  if (problems.length > 0) throw unfinished(problems)
}

/** One that the API does not take is a job that failed: it is tried again like others. */
async function start(slice: StreamSlice, given: JobOrchestration, release: () => void): Promise<Job> {
  try {
    return await given.api.start(slice)
  } catch (error) {
    throwIfAborted(given.signal)
    if (failureOf(error).failureType === 'config_error') {
      release()
      throw error
    }
    given.warn(`A job could not be started: ${failureOf(error).message}`)
    return new Job({ slice, created: undefined, timeoutMs: 0, clock: given.clock })
  }
}

async function retry(each: Running, given: JobOrchestration): Promise<void> {
  const { job } = each
  const { status } = job
  // One that ran out of time and of tries is given up with the others; the CDK starts one more, and forgets it.
  if ((status !== 'failed' && status !== 'timeout') || each.tries >= given.mostTries) return
  if (status === 'failed' && job.created && given.retryWaitMs !== undefined) {
    const now = given.clock.now().getTime()
    job.retryAtMs ??= now + given.retryWaitMs
    if (now < job.retryAtMs) return
  }
  each.job = await start(job.slice, given, each.release)
  each.tries++
}

async function sorted(running: readonly Running[], given: JobOrchestration, problems: unknown[]) {
  const ready: Job[] = []
  const left: Running[] = []
  for (const each of running) {
    const { status } = each.job
    if (status === 'running') left.push(each)
    else if (status === 'completed' || status === 'skipped') {
      each.release()
      if (status === 'completed') ready.push(each.job)
    } else {
      if (status === 'timeout') await abort(each.job, given)
      if (each.tries < given.mostTries) left.unshift(each)
      else {
        each.release()
        problems.push(gaveUp(each.job, given.mostTries))
      }
    }
  }
  return { ready, left }
}

async function abort(job: Job, given: JobOrchestration): Promise<void> {
  try {
    await given.api.abort(job)
  } catch (error) {
    throwIfAborted(given.signal)
    given.warn(`A job could not be stopped: ${failureOf(error).message}`)
  }
}

async function abortAll(running: readonly Running[], given: JobOrchestration): Promise<void> {
  for (const { job } of running) if (job.status === 'running' || job.status === 'timeout') await abort(job, given)
}

const gaveUp = (job: Job, tries: number): Error =>
  failure('API_UNAVAILABLE', {
    message: `A job of the API ended as \`${job.status}\` after ${tries} ${tries === 1 ? 'try' : 'tries'}.`,
    hint: 'Look at the job in the service itself, and sync again later.',
    failureType: 'system_error',
  })

const unfinished = (problems: readonly unknown[]): Error =>
  failure('API_UNAVAILABLE', {
    message: `Jobs of the API were not completed: ${[...new Set(problems.map((problem) => failureOf(problem).message))].join(' ')}`,
    hint: 'What was completed is loaded. Sync again later.',
    failureType: 'system_error',
    cause: problems[0],
  })
