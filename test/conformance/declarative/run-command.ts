import { MillraceError } from '../../../src/base/index.js'
import type { FileKeeper } from '../../../src/extract-load/contract.js'
import type { Mapping, SourceEvent } from '../../../src/extract-load/declarative/component-contract.js'
import { httpTransport } from '../../../src/extract-load/declarative/http/index.js'
import { readManifest } from '../../../src/extract-load/declarative/manifest/index.js'
import type { DeclarativeSource } from '../../../src/extract-load/declarative/source/declarative-source.js'
import { openSource } from '../../../src/extract-load/declarative/source/index.js'
import type { FrozenClock } from './clock.js'
import { packedRecords } from './packed-records.js'
import {
  catalogMessage,
  configuredStreams,
  eventMessages,
  failureMessage,
  type Message,
  messageOf,
} from './protocol-messages.js'
import type { Command } from './scenario.js'

export interface CommandRequest {
  readonly command: Command
  readonly manifest: { readonly text: string; readonly file: string; readonly folder: string }
  readonly config: Mapping
  readonly catalog?: unknown
  /** As a platform gives it: a list of state messages. */
  readonly state?: unknown
  readonly clock: FrozenClock
  readonly signal?: AbortSignal | undefined
  /** Records take the way that they take in a sync, and pages are asked for as in one. */
  readonly packsRecords?: boolean | undefined
}

const transport = httpTransport()

/** Files are read to their end, and kept nowhere. */
const weighedFiles: FileKeeper = {
  place: 'nowhere',
  async keep(_path, body) {
    let size = 0
    for await (const piece of body) size += piece.length
    return size
  },
}

/** One call of a connector's command line, as Airbyte's protocol has it. */
export async function runCommand(request: CommandRequest, emit: (message: Message) => void): Promise<number> {
  try {
    return await run(request, emit)
  } catch (error) {
    if (request.command === 'check' && isConfigError(error)) {
      emit({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message: messageOf(error) } })
      return 0
    }
    emit(failureMessage(error))
    return 1
  }
}

const isConfigError = (error: unknown) => error instanceof MillraceError && error.code === 'MANIFEST_CONFIG_INVALID'

async function run({ command, manifest: file, clock, ...request }: CommandRequest, emit: (message: Message) => void) {
  const manifest = readManifest(file.text, { file: file.file })
  if (command === 'spec') {
    emit({
      type: 'SPEC',
      spec: { connectionSpecification: manifest.spec, documentationUrl: manifest.documentationUrl },
    })
    return 0
  }
  const say = async (event: SourceEvent) => eventMessages(event).forEach(emit)
  const source = openSource({
    manifest,
    config: request.config,
    services: {
      clock,
      random: () => 0.5,
      transport,
      say,
      folder: file.folder,
      packsRecords: request.packsRecords,
      asksAhead: request.packsRecords,
      files: weighedFiles,
      ...(request.signal ? { signal: request.signal } : {}),
    },
  })
  if (command === 'check') {
    const { status, message } = await source.check()
    emit({ type: 'CONNECTION_STATUS', connectionStatus: { status, message } })
    return 0
  }
  if (command === 'discover') {
    emit(catalogMessage(await source.discover()))
    return 0
  }
  return read(source, configuredStreams(request.catalog, request.state), { emit, ...request })
}

/** As the CDK's does, the command fails by what is said of the source as a whole. */
async function read(
  source: DeclarativeSource,
  streams: ReturnType<typeof configuredStreams>,
  { emit, packsRecords }: { readonly emit: (message: Message) => void; readonly packsRecords?: boolean | undefined },
): Promise<number> {
  let exitCode = 0
  for await (const event of source.read(streams)) {
    const isPacked = packsRecords && event.type === 'records'
    eventMessages(isPacked ? { ...event, records: packedRecords(event.records) } : event).forEach(emit)
    if (event.type === 'error' && event.stream === undefined) exitCode = 1
  }
  return exitCode
}
