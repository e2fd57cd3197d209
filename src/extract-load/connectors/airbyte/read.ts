import { ConnectorProgram } from '../../connector-program/connector-program.js'
import type { ConfiguredStream } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { isSelected } from '../../fields/selection.js'
import { type AirbyteCatalog, type AirbyteStream, configuredCatalog, streamNames } from '../../protocol/catalog.js'
import { type DeclaredColumn, declaredColumns } from '../../protocol/declared-types.js'
import { inputStates } from '../../protocol/states.js'
import { streamsHint } from '../../unknown-stream.js'
import type { ConnectorContext, MessageReading, MessageRequest, StreamRequest } from '../connector.js'
import { askCatalog, keptCatalog, orForgetCatalog } from './catalog.js'
import { nestedColumns } from './nested-columns.js'
import { readMessages, StreamNames } from './read-messages.js'
import { readSourceSettings, type SourceSettings } from './settings.js'

/** The program that a connection names as its source. */
export const programIn = (context: ConnectorContext, settings: SourceSettings) =>
  new ConnectorProgram('source', settings, context)

/** A stream that is asked for, as the source has it. @throws STREAM_NOT_FOUND, STREAM_MODE_UNSUPPORTED */
function chosenStream(catalog: AirbyteCatalog, { stream }: StreamRequest, context: ConnectorContext): AirbyteStream {
  const names = streamNames(catalog)
  const at = context.locate?.(['streams', stream.name]) ?? { file: context.file }
  const found = catalog.streams[names.indexOf(stream.name)]
  if (!found)
    throw extractLoadErrors.create('STREAM_NOT_FOUND', {
      message: `The source has no stream \`${stream.name}\`.`,
      at,
      hint: streamsHint(stream.name, names),
    })
  // A source that reads everything every time would be added to the table every time.
  const modes = found.supported_sync_modes ?? []
  if (modes.length === 0 || modes.includes(stream.syncMode)) {
    checkOwnCursor(found, stream, context)
    return found
  }
  throw extractLoadErrors.create('STREAM_MODE_UNSUPPORTED', {
    message: `The source cannot read the stream \`${stream.name}\` with \`sync_mode: ${stream.syncMode}\`.`,
    at,
    hint: `It can: ${modes.join(', ')}.`,
  })
}

/** The source goes on by its own cursor where none is configured: it must be read too. @throws CURSOR_INVALID */
function checkOwnCursor(found: AirbyteStream, stream: ConfiguredStream, { locate, file }: ConnectorContext): void {
  const [cursor] = stream.cursorField ?? found.default_cursor_field ?? []
  if (stream.syncMode !== 'incremental' || cursor === undefined || isSelected(stream, cursor)) return
  if (!declaredColumns(found.json_schema).some(({ key }) => key === cursor)) return
  throw extractLoadErrors.create('CURSOR_INVALID', {
    message: `\`fields\` of the stream \`${stream.name}\` lacks \`${cursor}\`, which is the source's own cursor.`,
    at: locate?.(['streams', stream.name, 'fields']) ?? { file },
    hint: `Add \`${cursor}\` to \`fields\`: the source tells by it what is new.`,
  })
}

interface ChosenStream {
  readonly found: AirbyteStream
  readonly wanted: StreamRequest
  readonly columns: readonly DeclaredColumn[]
}

interface Choice {
  readonly catalog: AirbyteCatalog
  readonly chosen: readonly ChosenStream[]
  readonly refused: ReadonlyMap<string, unknown>
}

function chooseStreams(
  catalog: AirbyteCatalog,
  context: ConnectorContext,
  { streams, onOffered }: MessageRequest,
): Choice {
  const chosen: ChosenStream[] = []
  const refused = new Map<string, unknown>()
  for (const wanted of streams)
    try {
      const found = chosenStream(catalog, wanted, context)
      const at = context.locate?.(['streams', wanted.stream.name]) ?? { file: context.file }
      const columns = [...declaredColumns(found.json_schema), ...nestedColumns(found.json_schema, wanted.stream, at)]
      const offered = columns.filter(({ inside }) => !inside).map(({ key, type }) => ({ name: key, type }))
      chosen.push({ found, wanted: onOffered(wanted, offered), columns })
    } catch (error) {
      refused.set(wanted.stream.name, error)
    }
  return { catalog, chosen, refused }
}

/** Starts `read` for the streams of a sync. */
export async function readAirbyte(context: ConnectorContext, request: MessageRequest): Promise<MessageReading> {
  const settings = readSourceSettings(context.config, context.file)
  const program = programIn(context, settings)
  const known = request.takesKeptCatalog ? await keptCatalog(context, settings) : undefined
  const byKnown = known && chooseStreams(known, context, request)
  // What it lacks the source may have by now.
  const isEnough = byKnown !== undefined && byKnown.refused.size === 0
  const { catalog, chosen, refused } = isEnough
    ? byKnown
    : chooseStreams(await askCatalog(context, program, settings), context, request)
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
        'catalog.json': JSON.stringify(configuredCatalog(chosen.map(({ found, wanted }) => [found, wanted]))),
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
