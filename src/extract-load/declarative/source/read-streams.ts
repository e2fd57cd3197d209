import { Bell, Semaphore, throwIfAborted } from '../../../base/index.js'
import type { DeclarativeStream, StreamSlice } from '../component-contract.js'
import { ConcurrencyLimit } from './concurrency-limit.js'
import type { EventChannel } from './event-channel.js'
import type { KeptFiles } from './keep-files.js'
import { readSlice } from './read-slice.js'
import type { StreamGroups } from './stream-groups.js'
import { StreamProgress } from './stream-progress.js'

/** Slices that wait, so that a long list of parents is not held in memory. */
const mostUnread = 1000

export interface ReadPlan {
  readonly streams: readonly DeclarativeStream[]
  readonly groups: StreamGroups
  /** How many slices are read at once, the search for slices included. */
  readonly workers: number
  readonly mostRecords: number | undefined
  /** Undefined for a stream whose files nobody wants. */
  readonly filesOf: (stream: DeclarativeStream) => KeptFiles | undefined
  readonly channel: EventChannel
  readonly signal: AbortSignal
}

/**
 * Reads streams as the CDK's concurrent source does: half of the workers at most look for slices, one stream each; slices of any stream
 * are read in the order in which they were found.
 * @returns the streams that failed
 */
export async function readStreams(plan: ReadPlan): Promise<readonly StreamProgress[]> {
  const waiting = plan.streams.map(
    (stream) =>
      new StreamProgress(stream, plan.channel, { mostRecords: plan.mostRecords, files: plan.filesOf(stream) }),
  )
  const line: Line = {
    workers: new Semaphore(plan.workers),
    unread: new ConcurrencyLimit(mostUnread),
    changed: new Bell(),
  }
  const all = [...waiting]
  const running = new Set<Promise<void>>()
  const searchers = Math.max(Math.floor(plan.workers / 2), 1)
  let searching = 0
  let broken: { readonly error: unknown } | undefined
  while (waiting.length > 0 || running.size > 0) {
    for (let tries = waiting.length; tries > 0 && searching < searchers && !broken; tries--) {
      const next = waiting.shift() as StreamProgress
      if (!plan.groups.begin(next.stream)) {
        waiting.push(next)
        continue
      }
      searching++
      const onSearched = () => {
        searching--
        plan.groups.slicesFound(next.stream)
        line.changed.ring()
      }
      const reading = readStream(next, plan, line, onSearched)
        .catch((error: unknown) => {
          broken ??= { error }
        })
        .finally(() => {
          running.delete(reading)
          plan.groups.end(next.stream)
          line.changed.ring()
        })
      running.add(reading)
    }
    if (running.size > 0) await line.changed.wait()
    if (broken && running.size === 0) throw broken.error
  }
  return all.filter((progress) => progress.failures.length > 0)
}

interface Line {
  readonly workers: Semaphore
  /** For slices that were found and are not read yet. */
  readonly unread: ConcurrencyLimit
  readonly changed: Bell
}

/** @throws only where the whole reading is to end */
async function readStream(progress: StreamProgress, plan: ReadPlan, line: Line, onSearched: () => void): Promise<void> {
  const slices = new Set<Promise<void>>()
  const read = async (slice: StreamSlice) => {
    try {
      if (!progress.isFull) await readSlice(progress, slice, plan.signal)
    } catch (error) {
      throwIfAborted(plan.signal)
      await progress.failed(error)
    }
  }
  try {
    await progress.started()
    await eachSlice(progress.stream, plan, line, async (slice) => {
      const reading = line.workers.run(() => read(slice), plan.signal).finally(() => slices.delete(reading))
      slices.add(reading)
      return reading
    })
  } catch (error) {
    throwIfAborted(plan.signal)
    await progress.failed(error)
  } finally {
    onSearched()
    if (plan.signal.aborted) await Promise.allSettled(slices)
  }
  await Promise.all(slices)
  throwIfAborted(plan.signal)
  await progress.ended()
}

/**
 * A search keeps its worker from one slice to the next, as the CDK's does: it runs ahead of those that are read. Only where too many wait
 * it gives its worker to one of them.
 */
async function eachSlice(
  stream: DeclarativeStream,
  { signal }: ReadPlan,
  { workers, unread }: Line,
  begin: (slice: StreamSlice) => Promise<void>,
): Promise<void> {
  await workers.run(() => stream.schema(), signal)
  const found = stream.slices()[Symbol.asyncIterator]()
  const start = (slice: StreamSlice): void => {
    // It fails on its own; whoever began it waits for it at the end.
    void begin(slice).then(
      () => unread.give(),
      () => unread.give(),
    )
  }
  const search = async (): Promise<StreamSlice | undefined> => {
    for (;;) {
      throwIfAborted(signal)
      const next = await found.next()
      if (next.done) return undefined
      if (!unread.take()) return next.value
      start(next.value)
    }
  }
  try {
    for (;;) {
      const homeless = await workers.run(search, signal)
      if (!homeless) return
      await unread.wait(signal)
      start(homeless)
    }
  } finally {
    await found.return?.()
  }
}
