import type { ConnectorContext, MessageRequest, StreamRequest } from '../connectors/connector.js'
import type { ConfiguredStream, FieldPath, JsonSchema } from '../contract.js'
import { extractLoadErrors } from '../errors.js'
import { isSelected } from '../fields/selection.js'
import { type DeclaredColumn, declaredColumns } from '../protocol/declared-types.js'
import { streamsHint } from '../unknown-stream.js'
import { nestedColumns } from './nested-columns.js'

/** A stream as its source tells of it. */
export interface OfferedStream {
  readonly name: string
  readonly jsonSchema: JsonSchema
  /** None: it does not say. */
  readonly supportedSyncModes: readonly string[]
  readonly defaultCursorField: FieldPath
}

export interface ChosenStream<Offered extends OfferedStream> {
  readonly found: Offered
  readonly wanted: StreamRequest
  readonly columns: readonly DeclaredColumn[]
}

/** What is read of a source that declares its streams, and why some of it is not. */
export interface Choice<Offered extends OfferedStream> {
  readonly chosen: readonly ChosenStream<Offered>[]
  readonly refused: ReadonlyMap<string, unknown>
}

/** Holds what a sync asks for against what its source offers, and tells the sync of it. */
export function chooseStreams<Offered extends OfferedStream>(
  offered: readonly Offered[],
  context: ConnectorContext,
  { streams, onOffered }: MessageRequest,
): Choice<Offered> {
  const chosen: ChosenStream<Offered>[] = []
  const refused = new Map<string, unknown>()
  for (const wanted of streams)
    try {
      const found = chosenStream(offered, wanted, context)
      const at = context.locate?.(['streams', wanted.stream.name]) ?? { file: context.file }
      const columns = [...declaredColumns(found.jsonSchema), ...nestedColumns(found.jsonSchema, wanted.stream, at)]
      const fields = columns.filter(({ inside }) => !inside).map(({ key, type }) => ({ name: key, type }))
      chosen.push({ found, wanted: onOffered(wanted, fields), columns })
    } catch (error) {
      refused.set(wanted.stream.name, error)
    }
  return { chosen, refused }
}

/** A stream that is asked for, as the source has it. @throws STREAM_NOT_FOUND, STREAM_MODE_UNSUPPORTED */
function chosenStream<Offered extends OfferedStream>(
  offered: readonly Offered[],
  { stream }: StreamRequest,
  context: ConnectorContext,
): Offered {
  const at = context.locate?.(['streams', stream.name]) ?? { file: context.file }
  const found = offered.find(({ name }) => name === stream.name)
  if (!found)
    throw extractLoadErrors.create('STREAM_NOT_FOUND', {
      message: `The source has no stream \`${stream.name}\`.`,
      at,
      hint: streamsHint(
        stream.name,
        offered.map(({ name }) => name),
      ),
    })
  // A source that reads everything every time would be added to the table every time.
  const modes = found.supportedSyncModes
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
function checkOwnCursor(found: OfferedStream, stream: ConfiguredStream, { locate, file }: ConnectorContext): void {
  const [cursor] = stream.cursorField ?? found.defaultCursorField
  if (stream.syncMode !== 'incremental' || cursor === undefined || isSelected(stream, cursor)) return
  if (!declaredColumns(found.jsonSchema).some(({ key }) => key === cursor)) return
  throw extractLoadErrors.create('CURSOR_INVALID', {
    message: `\`fields\` of the stream \`${stream.name}\` lacks \`${cursor}\`, which is the source's own cursor.`,
    at: locate?.(['streams', stream.name, 'fields']) ?? { file },
    hint: `Add \`${cursor}\` to \`fields\`: the source tells by it what is new.`,
  })
}
