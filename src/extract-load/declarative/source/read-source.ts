import { setMaxListeners } from 'node:events'
import { throwIfAborted } from '../../../base/index.js'
import type { DeclarativeStream, Mapping, ReadEvent, SourceServices } from '../component-contract.js'
import { failure, failureOf } from '../failure.js'
import type { StreamToRead } from './declarative-source.js'
import { EventChannel } from './event-channel.js'
import { KeptFiles } from './keep-files.js'
import { readStreams } from './read-streams.js'
import type { StreamCatalog } from './stream-catalog.js'
import { groupsOf, refuseParentsInGroup, StreamGroups } from './stream-groups.js'
import type { StreamProgress } from './stream-progress.js'

export interface SourceReading {
  readonly root: Mapping
  readonly streams: readonly StreamToRead[]
  readonly services: SourceServices
  open(services: SourceServices): Promise<StreamCatalog>
}

/** The CDK's: with fewer, the search for slices would have no one to read them. */
const fewestWorkers = 2

/** Reads while somebody asks for events, and ends all that is under way when nobody does any more. */
export async function* readSource(reading: SourceReading): AsyncGenerator<ReadEvent> {
  const channel = new EventChannel()
  const left = new AbortController()
  const outer = reading.services.signal
  const signal = outer ? AbortSignal.any([outer, left.signal]) : left.signal
  // Each slice that waits for its turn listens to it.
  setMaxListeners(0, signal)
  // Changed settings are kept at once, whoever still reads: a token that was rotated is good for one time.
  const say: SourceServices['say'] = (event) =>
    event.type === 'control' ? reading.services.say(event) : channel.push(event)
  let problem: { readonly error: unknown } | undefined
  const work = readAll(reading, { ...reading.services, signal, say }, channel, signal)
    .catch((error: unknown) => {
      problem = { error }
    })
    .finally(() => channel.close())
  try {
    yield* channel
  } finally {
    left.abort()
    await work
  }
  if (problem) {
    throwIfAborted(outer)
    yield { type: 'error', stream: undefined, ...failureOf(problem.error), error: problem.error }
  }
}

async function readAll(
  { root, streams, open }: SourceReading,
  services: SourceServices,
  channel: EventChannel,
  signal: AbortSignal,
): Promise<void> {
  const catalog = await open(services)
  const all = await catalog.all()
  const byName = new Map(all.map((definition) => [definition.name, definition]))
  const states = new Map(streams.map(({ stream, state }) => [stream.name, state]))
  const chosen = streams.flatMap(({ stream }) => byName.get(stream.name) ?? [])
  const built = catalog.build(chosen, all, (name) => states.get(name))
  const included = new Set(streams.flatMap(({ stream }) => (stream.includesFiles ? [stream.name] : [])))
  const groupOf = groupsOf(root.stream_groups)
  refuseParentsInGroup(built, groupOf)
  // Where there is no stream at all the CDK says nothing of any.
  for (const { stream } of built.length > 0 ? streams : [])
    if (!byName.has(stream.name)) await channel.push({ type: 'status', stream: stream.name, status: 'INCOMPLETE' })
  const failed = await readStreams({
    streams: built,
    groups: new StreamGroups(withinRead(groupOf, built)),
    workers: workersOf(root, catalog),
    mostRecords: services.limits?.records,
    filesOf: ({ name, files }) =>
      files && services.files && included.has(name) ? new KeptFiles(files, services.files) : undefined,
    channel,
    signal,
  })
  if (failed.length > 0) throw incomplete(failed)
}

const withinRead = (groupOf: ReadonlyMap<string, string>, streams: readonly DeclarativeStream[]) =>
  new Map([...groupOf].filter(([name]) => streams.some((stream) => stream.name === name)))

function workersOf({ concurrency_level: level }: Mapping, { scope }: StreamCatalog): number {
  if (!level) return fewestWorkers
  return Math.max(1, scope.build('concurrency_level', { ...(level as Mapping), type: 'ConcurrencyLevel' }))
}

/** Airbyte's platform takes a sync for failed by an error that no stream has. */
function incomplete(failed: readonly StreamProgress[]): Error {
  const reasons = failed.flatMap(({ stream, failures }) =>
    failures.map((error) => `${stream.name}: ${failureOf(error).message}`),
  )
  return failure('API_UNAVAILABLE', {
    message: `Some streams were not read to their end. ${reasons.join(' ')}`,
    hint: 'Each of them says what to do in its own error.',
    failureType: 'config_error',
  })
}
