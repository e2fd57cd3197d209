import { systemClock } from '../../../../base/index.js'
import type { ReadEvent } from '../../../declarative/component-contract.js'
import type { DeclarativeSource } from '../../../declarative/source/declarative-source.js'
import { chooseStreams } from '../../../message-source/choose-streams.js'
import { selectedSchema } from '../../../protocol/catalog.js'
import type { ConnectorContext, MessageReading, MessageRequest, SourceMessage } from '../../connector.js'
import { type ManifestUse, openManifest } from '../manifest/open-manifest.js'
import { EmptyStreams } from './empty-streams.js'
import { hasNoFiles, recordsWithFiles, withFileFields } from './file-fields.js'
import { RecordWriter } from './record-writer.js'
import { streamFailure } from './stream-failure.js'
import { stateText, streamState } from './stream-state.js'
import { UndeclaredFields } from './undeclared-fields.js'

/** Starts to read the streams of a sync as their manifest says. */
export async function readManifestStreams(
  context: ConnectorContext,
  use: ManifestUse,
  request: MessageRequest,
): Promise<MessageReading> {
  const said: SourceMessage[] = []
  // What waits (a request, a rate limit) ends with the reading.
  const stop = new AbortController()
  const signal = context.signal ? AbortSignal.any([context.signal, stop.signal]) : stop.signal
  const { source, dispose } = await openManifest({ ...context, signal }, use, {
    packsRecords: true,
    asksAhead: true,
    files: request.files,
    onSaid: (event) => said.push(event),
  })
  try {
    const names = request.streams.map(({ stream }) => stream.name)
    const unreadable = new Map<string, unknown>()
    const found = await source.discover(names, (stream, error) => unreadable.set(stream, error))
    const offered = found.flatMap((stream) => {
      const { includesFiles } = request.streams.find((one) => one.stream.name === stream.name)?.stream ?? {}
      if (!includesFiles) return [stream]
      if (stream.isFileBased) return [withFileFields(stream)]
      unreadable.set(stream.name, hasNoFiles(stream.name, context))
      return []
    })
    const { chosen, refused: unfit } = chooseStreams(offered, context, request)
    // It has the stream: why it cannot be read says more than that it was not found.
    const refused = new Map([...unfit, ...unreadable])
    if (refused.size > 0 && chosen.length === 0) throw [...refused.values()][0]
    const streams = chosen.map(({ found, wanted }) => ({
      stream: wanted.stream,
      state: streamState(wanted.state),
      jsonSchema: selectedSchema(found.jsonSchema, wanted.stream),
    }))
    const columns = new Map(chosen.map(({ wanted, columns }) => [wanted.stream.name, columns]))
    const now = () => (context.clock ?? systemClock).now().getTime()
    return {
      refused,
      columns,
      messages: readMessages(source, streams, { said, now, undeclared: new UndeclaredFields(columns) }),
      dispose: async () => {
        stop.abort()
        await dispose()
      },
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

interface Surroundings {
  /** Before anything was read. */
  readonly said: readonly SourceMessage[]
  readonly now: () => number
  readonly undeclared: UndeclaredFields
}

/** What a source says, to its end. @throws why it could not be read, where no stream says that of itself */
async function* readMessages(
  source: DeclarativeSource,
  streams: Parameters<DeclarativeSource['read']>[0],
  { said, now, undeclared }: Surroundings,
): AsyncGenerator<readonly SourceMessage[]> {
  const writer = new RecordWriter()
  const reasons = new EmptyStreams()
  let failure: unknown
  let isOfStream = false
  if (said.length > 0) yield said
  for await (const event of source.read(streams))
    if (event.type === 'error' && event.stream === undefined) failure ??= streamFailure(event)
    else if (event.type === 'log' && event.ifEmpty !== undefined) reasons.note(event.ifEmpty, event.message)
    else if (event.type !== 'records') {
      isOfStream ||= event.type === 'error'
      if (event.type === 'status' && event.status === 'COMPLETE') {
        const why = reasons.of(event.stream)
        if (why !== undefined) yield [{ type: 'log', level: 'warn', message: why, whyEmpty: event.stream }]
      }
      yield [messageOf(event)]
    } else {
      reasons.notEmpty(event.stream)
      const message = undeclared.noticed(event.stream, event.records)
      if (message !== undefined) yield [{ type: 'log', level: 'warn', message }]
      const records = event.files ? recordsWithFiles(event.records, event.files) : event.records
      yield writer.write(records, now()).map((records) => ({ type: 'records', stream: event.stream, records }))
    }
  // Where streams failed, each has said why: the others are whole.
  if (failure !== undefined && !isOfStream) throw failure
}

function messageOf(event: Exclude<ReadEvent, { type: 'records' }>): SourceMessage {
  switch (event.type) {
    case 'state': {
      const { stream, state, recordCount } = event
      return { type: 'state', stream, text: stateText(stream, state), recordCount }
    }
    case 'error':
      return { type: 'status', stream: event.stream ?? '', status: 'INCOMPLETE', error: streamFailure(event) }
    default:
      return event
  }
}
