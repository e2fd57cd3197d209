import { isDeepStrictEqual } from 'node:util'
import { editsBetween, editYaml, isMapping, readYaml, valueAt, type YamlEdit } from '../../../base/index.js'
import type { ConfiguredStream, Connection, ConnectionFileChange, JsonSchema } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { streamSettings } from '../document/connection-text.js'
import { parseConnection } from '../read-connections.js'
import type { Variables } from '../secrets/variables.js'
import { changedSettings } from './changed-settings.js'
import { type DraftedFile, type DraftPlace, newSecrets, placesOf, referenceAll, withValues } from './draft.js'
import { writtenConnection } from './written-connection.js'

/** What of a stream's settings a change says; the others in its file stay. */
const changed = ['sync_mode', 'destination_sync_mode', 'primary_key', 'cursor_field', 'fields'] as const
/** What it says besides, where it says streams as a whole. */
const changedInWhole = ['mappers', 'include_files', 'schema', 'table'] as const

export interface EditPlace extends Variables, Pick<DraftPlace, 'spec' | 'foundStreams'> {
  readonly destinationSpec: JsonSchema
  /** How the file is called in errors. */
  readonly file: string
  /** Of the project's connections. */
  readonly folder?: string | undefined
}

/**
 * The file of a connection with something changed, and what it says when it is read again. Comments, and whatever the change does not
 * speak of, stay.
 * @param text as the file is now
 * @throws CONNECTION_NOT_EDITABLE where it would change more than was asked, CONNECTION_INVALID and whatever else reading a connection throws, at its place in the new text
 */
export function editConnection(
  text: string,
  { source }: Pick<Connection, 'source'>,
  change: ConnectionFileChange,
  { spec, destinationSpec, file, folder, foundStreams = [], ...variables }: EditPlace,
): DraftedFile {
  const written = readYaml(text, file).value
  const [sourceBefore, destinationBefore] = [
    valueAt(written, ['source', 'config']),
    valueAt(written, ['destination', 'config']),
  ]
  const sourceConfig =
    change.sourceConfig && changedSettings(spec, change.sourceConfig, sourceBefore, ['source', 'config'])
  const destinationConfig =
    change.destinationConfig &&
    changedSettings(destinationSpec, change.destinationConfig, destinationBefore, ['destination', 'config'])
  const referenced = referenceAll(
    {
      name: change.name,
      source: { ...source, config: sourceConfig ?? {} },
      destination: { config: destinationConfig ?? {} },
      streams: change.streams ?? [],
    },
    { spec, destinationSpec, before: [sourceBefore, destinationBefore], ...variables },
  )
  const edits: YamlEdit[] = []
  if (sourceConfig) edits.push(...editsBetween(sourceBefore, referenced.source, ['source', 'config']))
  if (destinationConfig)
    edits.push(...editsBetween(destinationBefore, referenced.destination, ['destination', 'config']))
  if (change.schema !== undefined) edits.push({ path: ['destination', 'schema'], value: change.schema })
  if (change.prefix !== undefined) edits.push({ path: ['destination', 'prefix'], value: change.prefix || undefined })
  if (change.cdcDeletes && change.cdcDeletes !== (valueAt(written, ['destination', 'cdc_deletes']) ?? 'hard'))
    edits.push({ path: ['destination', 'cdc_deletes'], value: change.cdcDeletes })
  if (change.streams) edits.push(...streamEdits(written, referenced.streams, before(text, file), change))
  if (change.schemaChanges) edits.push({ path: ['schema_changes'], value: change.schemaChanges })
  if (change.schedule === null) edits.push({ path: ['schedule'], value: undefined })
  else if (change.schedule) {
    const { cron, timezone } = change.schedule
    const former = valueAt(written, ['schedule'])
    // What is written in another way, or left out, and means the same stays so.
    if (!isDeepStrictEqual([valueAt(former, ['cron'])].flat(), [cron].flat()))
      edits.push({ path: ['schedule', 'cron'], value: cron })
    if (!former || (valueAt(former, ['timezone']) ?? 'UTC') !== timezone)
      edits.push({ path: ['schedule', 'timezone'], value: timezone })
  }
  for (const pace of ['retries', 'timeouts'] as const) {
    const said = change[pace]
    const after = said && Object.keys(said).length > 0 ? said : undefined
    if (said) edits.push(...editsBetween(valueAt(written, [pace]), after, [pace]))
  }
  const yaml = editYaml(text, edits, {
    file,
    refusal: (details) => extractLoadErrors.create('CONNECTION_NOT_EDITABLE', details),
  })
  const connection = parseConnection(yaml, file, {
    ...withValues(variables, referenced.values),
    foundStreams: () => foundStreams,
    folder,
  })
  const secrets = newSecrets(referenced.values, variables)
  return { connection, file, yaml, newSecrets: [...secrets.keys()], places: placesOf(connection), secrets }
}

/** The streams as the file has them; none where they cannot be told without their variables. */
function before(text: string, file: string): readonly ConfiguredStream[] {
  try {
    return writtenConnection(text, file).streams
  } catch {
    return []
  }
}

function streamEdits(
  written: unknown,
  streams: readonly ConfiguredStream[],
  former: readonly ConfiguredStream[],
  { saysWholeStreams = false }: Pick<ConnectionFileChange, 'saysWholeStreams'>,
): YamlEdit[] {
  const held = isMapping(written) && isMapping(written.streams) ? written.streams : undefined
  if (!held || streams.length === 0)
    return [
      {
        path: ['streams'],
        value:
          streams.length === 0
            ? undefined
            : Object.fromEntries(streams.map((stream) => [stream.name, streamSettings(stream)])),
      },
    ]
  const gone = Object.keys(held).filter((name) => !streams.some((stream) => stream.name === name))
  return [
    ...gone.map((name) => ({ path: ['streams', name], value: undefined })),
    ...streams.flatMap((stream): YamlEdit[] => {
      const settings = streamSettings(stream)
      if (!isMapping(held[stream.name])) return [{ path: ['streams', stream.name], value: settings }]
      const own = former.find(({ name }) => name === stream.name)
      const known = own && streamSettings(own)
      const others = saysWholeStreams
        ? changedInWhole
        : [...(stream.mappers ? ['mappers'] : []), ...(stream.includesFiles === undefined ? [] : ['include_files'])]
      return (
        [...changed, ...others]
          // What is written in another way, and means the same, stays as somebody wrote it.
          .filter((key) => !known || !isDeepStrictEqual(known[key], settings[key]))
          .map((key) => ({ path: ['streams', stream.name, key], value: settings[key] }))
      )
    }),
  ]
}
