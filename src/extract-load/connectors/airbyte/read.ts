import { didYouMean, redact } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import { type AirbyteCatalog, catalogSchema, configuredCatalog, streamNames } from '../../protocol/catalog.js'
import { declaredColumns } from '../../protocol/declared-types.js'
import { type Message, readMessage, type StreamDescriptor, type TraceError } from '../../protocol/messages.js'
import { scanRecord } from '../../protocol/scan-record.js'
import { inputStates, stateText } from '../../protocol/states.js'
import type { ConnectorContext, MessageReading, MessageRequest, SourceMessage } from '../connector.js'
import { type AirbyteConfig, readConfig } from './config.js'
import { currentConfig } from './kept-config.js'
import { askVerb, failed, obey, startVerb, type VerbRun } from './run-verb.js'

/** The source's catalog, as it is now. */
export async function readCatalog(context: ConnectorContext, config: AirbyteConfig): Promise<AirbyteCatalog> {
  const { catalog } = await askVerb(context, config, 'discover', 'CATALOG')
  const parsed = catalogSchema.safeParse(catalog)
  if (parsed.success) return parsed.data
  throw extractLoadErrors.create('SOURCE_PROTOCOL_BROKEN', {
    message: `The catalog that the connector gave is none: ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}.`,
    hint: 'Ask who maintains the connector.',
  })
}

/** Starts `read` for the streams of a sync. */
export async function readAirbyte(context: ConnectorContext, request: MessageRequest): Promise<MessageReading> {
  const config = readConfig(context.config, context.file)
  const catalog = await readCatalog(context, config)
  const names = streamNames(catalog)
  const chosen = request.streams.map((wanted) => {
    const stream = catalog.streams[names.indexOf(wanted.stream.name)]
    if (stream) return [stream, wanted] as const
    throw extractLoadErrors.create('STREAM_NOT_FOUND', {
      message: `The source has no stream \`${wanted.stream.name}\`.`,
      at: context.locate?.(['streams', wanted.stream.name]) ?? { file: context.file },
      hint: [didYouMean(wanted.stream.name, names), `Its streams: ${names.join(', ') || 'none'}.`]
        .filter(Boolean)
        .join(' '),
    })
  })
  const states = inputStates(request)
  const log: string[] = []
  const run = await startVerb(
    context,
    config,
    [
      'read',
      '--config',
      { file: 'config.json' },
      '--catalog',
      { file: 'catalog.json' },
      ...(states === undefined ? [] : ['--state', { file: 'state.json' }]),
    ],
    {
      files: {
        'config.json': JSON.stringify(await currentConfig(context, config.config)),
        'catalog.json': JSON.stringify(configuredCatalog(chosen)),
        ...(states === undefined ? {} : { 'state.json': states }),
      },
      onStderr: (line) => log.push(line),
    },
  )
  const nameOf = new StreamNames(catalog)
  return {
    columns: new Map(
      chosen.map(
        ([
          stream,
          {
            stream: { name },
          },
        ]) => [name, declaredColumns(stream.json_schema)],
      ),
    ),
    messages: messages(run, nameOf, log, (message) => obey(context, config, message)),
    dispose: () => run.dispose(),
  }
}

/** What the streams of messages are called here. */
class StreamNames {
  readonly #names = new Map<string, string>()

  constructor(catalog: AirbyteCatalog) {
    const names = streamNames(catalog)
    for (const [i, stream] of catalog.streams.entries()) this.#names.set(keyOf(stream), names[i] ?? stream.name)
  }

  /** One that the catalog does not have goes by its own name: nobody asked for it. */
  of(stream: StreamDescriptor): string {
    return this.#names.get(keyOf(stream)) ?? stream.name
  }
}

const keyOf = ({ name, namespace }: StreamDescriptor) => `${namespace ?? ''}\0${name}`

async function* messages(
  { process }: VerbRun,
  names: StreamNames,
  stderr: string[],
  onControl: (message: Extract<Message, { type: 'CONTROL' }>) => Promise<void>,
): AsyncGenerator<readonly SourceMessage[]> {
  let failure: TraceError | undefined
  for await (const lines of process.lines()) {
    const read: SourceMessage[] = stderr.splice(0).map((message) => ({ type: 'log', level: 'debug', message }))
    for (const line of lines) {
      const record = scanRecord(line, 0, line.length)
      if (record) {
        const { stream: name, namespace, start, end, isOdd } = record
        read.push({ type: 'record', stream: names.of({ name, namespace }), bytes: line.subarray(start, end), isOdd })
        continue
      }
      const text = line.toString('utf8')
      const message = readMessage(text)
      if (message?.type === 'CONTROL') await onControl(message)
      else if (message?.type === 'TRACE' && message.trace.error) failure = message.trace.error
      else read.push(...toSourceMessages(text, message, names))
    }
    yield read
  }
  // Its own words say more than that it ended.
  if (failure) throw failed(failure)
  await process.exit()
}

const levels: Readonly<Record<string, 'debug' | 'info' | 'warn' | 'error'>> = {
  FATAL: 'error',
  ERROR: 'error',
  WARN: 'warn',
  WARNING: 'warn',
  INFO: 'info',
}

/** What a message other than a record says to a sync: one thing, or nothing. */
function toSourceMessages(line: string, message: Message | undefined, names: StreamNames): SourceMessage[] {
  switch (message?.type) {
    case 'STATE': {
      const stream = message.state.stream ? names.of(message.state.stream.stream_descriptor) : undefined
      const recordCount = message.state.sourceStats?.recordCount ?? undefined
      return [{ type: 'state', stream, text: stateText(line), recordCount }]
    }
    case 'TRACE': {
      const { stream_status: status, estimate } = message.trace
      if (status) return [{ type: 'status', stream: names.of(status.stream_descriptor), status: status.status }]
      if (typeof estimate?.row_estimate !== 'number') return []
      return [{ type: 'estimate', stream: names.of(estimate), rows: estimate.row_estimate }]
    }
    case 'LOG':
      return [{ type: 'log', level: levels[message.log.level] ?? 'debug', message: redact(message.log.message) }]
    case 'RECORD':
      throw extractLoadErrors.create('SOURCE_PROTOCOL_BROKEN', {
        message: `The connector wrote a record without a stream, or without an object for its data: ${redact(line.slice(0, 200))}`,
        hint: 'Nothing behind it was loaded. Ask who maintains the connector.',
      })
    case undefined:
      return line.trim() === '' ? [] : [{ type: 'log', level: 'info', message: redact(line.slice(0, 2000)) }]
    default:
      return []
  }
}
