import { isUtf8 } from 'node:buffer'
import { redact } from '../../../base/index.js'
import { brokenMessage } from '../../connector-program/broken-message.js'
import { saidError } from '../../connector-program/said-error.js'
import { loggedError, loggedLine, loggedMessage, loggedStderr } from '../../connector-program/said-logs.js'
import { extractLoadErrors } from '../../errors.js'
import { type AirbyteCatalog, streamNames } from '../../protocol/catalog.js'
import { eachLine } from '../../protocol/line-blocks.js'
import { type Message, readMessage, type StreamDescriptor, type TraceError } from '../../protocol/messages.js'
import { brokenRecord, RecordRuns } from '../../protocol/record-runs.js'
import { stateText } from '../../protocol/states.js'
import type { ConnectorProcess } from '../../runners/connector-process.js'
import type { SourceMessage } from '../connector.js'

/** What the streams of messages are called here. */
export class StreamNames {
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

interface ReadOptions {
  /** What the program wrote besides, to be taken from here. */
  readonly stderr: string[]
  readonly onControl: (message: Extract<Message, { type: 'CONTROL' }>) => Promise<void>
}

/** What a running source says, to its end. @throws what it says that went wrong, SOURCE_PROGRAM_FAILED, SOURCE_SILENT, ABORTED */
export async function* readMessages(
  process: ConnectorProcess,
  names: StreamNames,
  { stderr, onControl }: ReadOptions,
): AsyncGenerator<readonly SourceMessage[]> {
  /** The first of all streams, and the first of one: those that follow sum up what was said. */
  let failure: TraceError | undefined
  let failureOfOne: TraceError | undefined
  let cutOff: Error | undefined
  let broken: unknown
  const logged = (): SourceMessage[] => stderr.splice(0).map(loggedStderr)
  const runs = new RecordRuns((descriptor) => names.of(descriptor))
  for await (const bytes of process.output()) {
    // What is no text becomes U+FFFD: the warehouse takes nothing else.
    const block = isUtf8(bytes) ? bytes : Buffer.from(bytes.toString('utf8'))
    const read = logged()
    const controls: Extract<Message, { type: 'CONTROL' }>[] = []
    try {
      eachLine(block, (start, end) => {
        if (runs.add(block, start, end)) return
        read.push(...runs.take())
        const text = block.toString('utf8', start, end)
        const message = readMessage(text)
        const wrong = message ? undefined : isRecordLike(text) ? brokenRecord() : brokenMessage('source', text)
        if (wrong) {
          // Of one that it was writing when it ended, how it ended says more.
          if (end < block.length) throw wrong
          cutOff = wrong
        } else if (message?.type === 'CONTROL') controls.push(message)
        else if (message?.type === 'TRACE' && message.trace.error) {
          const { error } = message.trace
          if (error.stream_descriptor) failureOfOne ??= error
          else failure ??= error
          read.push(...failureMessages(error, names))
        } else read.push(...toSourceMessages(text, message, names))
      })
    } catch (error) {
      // What it said before holds, wherever the pipe cut its output into blocks.
      broken = error
    }
    read.push(...runs.take())
    // Before anything that follows is acted upon.
    for (const message of controls) await onControl(message)
    yield read
    if (broken !== undefined) throw broken
  }
  // Its own words say more than that it ended.
  const said = failure ?? failureOfOne
  const exit = failure ? undefined : await process.exit().catch((error: unknown) => error)
  yield logged()
  if (said && (failure || exit !== undefined)) throw saidError('source', said)
  if (exit !== undefined) throw exit
  if (cutOff) throw cutOff
}

/** What went wrong, for the log; a stream that it names has failed by that. */
function failureMessages(error: TraceError, names: StreamNames): SourceMessage[] {
  const stream = error.stream_descriptor ? names.of(error.stream_descriptor) : undefined
  const logs = loggedError(error, stream)
  return stream === undefined
    ? logs
    : [...logs, { type: 'status', stream, status: 'INCOMPLETE', error: saidError('source', error) }]
}

/** Whether a line that is no JSON was to be a record: it would be lost among the lines that are logged. */
const isRecordLike = (line: string) => /^\s*\{.*"type"\s*:\s*"RECORD"|^\s*\{\s*"record"\s*:/.test(line)

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
      if (status) return [statusMessage(status, names)]
      if (typeof estimate?.row_estimate !== 'number') return []
      return [{ type: 'estimate', stream: names.of(estimate), rows: estimate.row_estimate }]
    }
    case 'LOG':
      return [loggedMessage(message)]
    case 'RECORD':
      throw extractLoadErrors.create('SOURCE_PROTOCOL_BROKEN', {
        message: `The connector wrote a record without a stream, or without an object for its data: ${redact(line.slice(0, 200))}`,
        hint: 'Nothing behind it was loaded. Ask who maintains the connector.',
      })
    case undefined:
      return [loggedLine(line) ?? []].flat()
    default:
      return []
  }
}

type StreamStatus = NonNullable<Extract<Message, { type: 'TRACE' }>['trace']['stream_status']>

function statusMessage({ stream_descriptor, status, reasons }: StreamStatus, names: StreamNames): SourceMessage {
  const limit = reasons?.find(({ type }) => type === 'RATE_LIMITED')
  const reset = limit?.rate_limited?.quota_reset
  const rateLimited = limit && { until: typeof reset === 'number' ? new Date(reset) : undefined }
  return { type: 'status', stream: names.of(stream_descriptor), status, ...(rateLimited ? { rateLimited } : {}) }
}
