import { ConnectorProgram } from '../../connector-program/connector-program.js'
import { type Choice, chooseStreams, type OfferedStream } from '../../message-source/choose-streams.js'
import { type AirbyteCatalog, type AirbyteStream, configuredCatalog, streamNames } from '../../protocol/catalog.js'
import { inputStates } from '../../protocol/states.js'
import type { ConnectorContext, MessageReading, MessageRequest } from '../connector.js'
import { askCatalog, keptCatalog, orForgetCatalog } from './catalog.js'
import { readMessages, StreamNames } from './read-messages.js'
import { readSourceSettings, type SourceSettings } from './settings.js'

/** The program that a connection names as its source. */
export const programIn = (context: ConnectorContext, settings: SourceSettings) =>
  new ConnectorProgram('source', settings, context)

interface CatalogStream extends OfferedStream {
  /** As it goes back to the source. */
  readonly stream: AirbyteStream
}

interface CatalogChoice extends Choice<CatalogStream> {
  readonly catalog: AirbyteCatalog
}

function chooseFrom(catalog: AirbyteCatalog, context: ConnectorContext, request: MessageRequest): CatalogChoice {
  const names = streamNames(catalog)
  const offered = catalog.streams.map((stream, i) => ({
    stream,
    name: names[i] ?? stream.name,
    jsonSchema: stream.json_schema,
    supportedSyncModes: stream.supported_sync_modes ?? [],
    defaultCursorField: stream.default_cursor_field ?? [],
  }))
  return { catalog, ...chooseStreams(offered, context, request) }
}

/** Starts `read` for the streams of a sync. */
export async function readAirbyte(context: ConnectorContext, request: MessageRequest): Promise<MessageReading> {
  const settings = readSourceSettings(context.config, context.file)
  const program = programIn(context, settings)
  const known = request.takesKeptCatalog ? await keptCatalog(context, settings) : undefined
  const byKnown = known && chooseFrom(known, context, request)
  // What it lacks the source may have by now.
  const isEnough = byKnown !== undefined && byKnown.refused.size === 0
  const { catalog, chosen, refused } = isEnough
    ? byKnown
    : chooseFrom(await askCatalog(context, program, settings), context, request)
  // Where streams share a state, one that is left out would be taken for read.
  if (refused.size > 0 && (chosen.length === 0 || request.sharedState !== undefined)) throw [...refused.values()][0]
  const states = inputStates({ ...request, streams: chosen.map(({ wanted }) => wanted) })
  const log: string[] = []
  const run = await program.start(
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
        'config.json': await program.configText(),
        'catalog.json': JSON.stringify(configuredCatalog(chosen.map(({ found, wanted }) => [found.stream, wanted]))),
        ...(states === undefined ? {} : { 'state.json': states }),
      },
      onStderr: (line) => log.push(line),
    },
  )
  const messages = readMessages(run.process, new StreamNames(catalog), {
    stderr: log,
    onControl: (message) => program.obey(message),
  })
  return {
    refused,
    columns: new Map(chosen.map(({ wanted, columns }) => [wanted.stream.name, columns])),
    messages: isEnough ? orForgetCatalog(context, messages) : messages,
    dispose: () => run.dispose(),
  }
}
