import { didYouMean, MillraceError } from '../../../base/index.js'
import type { ConfiguredStream, Connection, DiscoveredStream } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { loadedNames } from '../../fields/loaded-names.js'
import { checkMapperFields, checkRenamed } from '../../fields/mappers.js'
import { isSameName } from '../../fields/same-name.js'
import { checkSelection, isOfSource, isSelected } from '../../fields/selection.js'
import { streamsHint } from '../../unknown-stream.js'
import { maxNameBytes } from '../schema/streams.js'

type Path = readonly (string | number)[]

/**
 * Refuses streams that a source, as it was just looked into, does not have.
 * @throws STREAM_NOT_FOUND, at its place in the file
 */
export function checkStreams(
  { name, file, locate, streams, followsStreams }: Connection,
  discovered: readonly DiscoveredStream[],
): void {
  // The next sync looks itself at what there is.
  if (followsStreams) return
  const names = discovered.map((one) => one.name)
  const missing = streams.find((stream) => !names.includes(stream.name))
  if (!missing) return
  const offered = names.length > mostListed ? [...names.slice(0, mostListed), '…'] : names
  throw extractLoadErrors.create('STREAM_NOT_FOUND', {
    message: `The source of \`${name}\` has no stream \`${missing.name}\` that it may read.`,
    at: locate?.(['streams', missing.name]) ?? { file },
    hint: streamsHint(missing.name, names, offered),
  })
}

const mostListed = 30

/**
 * Refuses what a connection says of fields that its source, as it was just looked into, does not have. Streams of which the source
 * does not tell the fields are passed over.
 * @throws FIELD_NOT_FOUND, MAPPER_INVALID, CURSOR_INVALID, at their places in the file
 */
export function checkFields(connection: Connection, discovered: readonly DiscoveredStream[]): void {
  for (const stream of connection.streams) {
    const source = discovered.find(({ name }) => name === stream.name)
    const offered = Object.keys((source?.jsonSchema.properties ?? {}) as object)
    const cursors = (source?.cursorCandidates ?? []).map((path) => path.join('.'))
    if (offered.length > 0) checkStream(connection, stream, { offered, cursors })
  }
}

function checkStream(
  { file, locate }: Connection,
  stream: ConfiguredStream,
  { offered, cursors }: { readonly offered: readonly string[]; readonly cursors: readonly string[] },
): void {
  let path: Path = []
  const placeOf = (...below: Path) => {
    path = ['streams', stream.name, ...below]
    return locate?.(path) ?? { file }
  }
  try {
    for (const [setting, name] of namedColumns(stream)) {
      if (offered.some((one) => isSameName(one, name)) || isOfSource(name)) continue
      throw extractLoadErrors.create('CURSOR_INVALID', {
        message: `The stream \`${stream.name}\` has no field \`${name}\`, which \`${setting}\` names.`,
        at: placeOf(setting),
        hint: [
          didYouMean(name, offered),
          setting === 'cursor_field' && cursors.length > 0
            ? `It can be one of: ${cursors.join(', ')}.`
            : `Its fields: ${offered.join(', ')}.`,
        ]
          .filter(Boolean)
          .join(' '),
      })
    }
    checkSelection(stream, offered, { at: (index) => placeOf('fields', index) })
    const mapperAt = (index: number) => placeOf('mappers', index)
    checkMapperFields(stream, offered, mapperAt)
    const loaded = offered.filter((name) => isSelected(stream, name))
    checkRenamed(stream, loaded.map(loadedNames(stream, maxNameBytes)), mapperAt)
  } catch (error) {
    // A form shows it at the setting.
    throw error instanceof MillraceError ? Object.assign(error, { data: { path } }) : error
  }
}

/** Of a path into nested data its first field: what lies in it nobody tells. */
const namedColumns = ({ primaryKey = [], cursorField = [] }: ConfiguredStream): (readonly [string, string])[] => [
  ...primaryKey.map(([name = '']) => ['primary_key', name] as const),
  ...cursorField.slice(0, 1).map((name) => ['cursor_field', name] as const),
]
