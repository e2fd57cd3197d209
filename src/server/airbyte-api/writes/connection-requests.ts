import { isDeepStrictEqual } from 'node:util'
import { readSchedule } from '../../../orchestrate/index.js'
import { type AirbyteMapper, type Engine, readMappers, type ToldMappers } from '../../../platform/index.js'
import type { ConnectionWishes, StreamWish } from '../contract/requests.js'
import { unprocessable } from '../errors.js'
import type { ShownConnection } from '../views/catalog.js'
import { shownMappers } from '../views/mappers.js'

/** A connection that is to be, as the engine takes it. */
export type ConnectionDraft = Parameters<Engine['createConnection']>[0]
export type ConfiguredStream = ConnectionDraft['streams'][number]

type Schedule = Pick<NonNullable<ConnectionDraft['schedule']>, 'cron' | 'timezone'>

const modes = {
  full_refresh_overwrite: ['full_refresh', 'overwrite'],
  full_refresh_overwrite_deduped: ['full_refresh', 'overwrite_dedup'],
  full_refresh_append: ['full_refresh', 'append'],
  full_refresh_update: ['full_refresh', 'append_dedup'],
  incremental_append: ['incremental', 'append'],
  incremental_deduped_history: ['incremental', 'append_dedup'],
} as const satisfies Readonly<
  Record<string, readonly [ConfiguredStream['syncMode'], ConfiguredStream['destinationSyncMode']]>
>

/**
 * @param offered the names of the streams that the source has
 * @param written the streams of the connection by their names, as its file has them
 * @throws AIRBYTE_UNPROCESSABLE
 */
export function configuredStreams(
  wishes: readonly StreamWish[],
  offered: readonly string[],
  written: ShownConnection['streams'] = {},
): ConfiguredStream[] {
  return wishes.map(({ name: short, namespace, syncMode = 'full_refresh_overwrite', mappers: wished, ...wish }) => {
    const [own, destinationSyncMode] = modes[syncMode]
    const full = `${namespace}.${short}`
    const name = namespace !== undefined && !offered.includes(short) && offered.includes(full) ? full : short
    const mappers = wished && wishedMappers(name, wished, shownMappers(written[name]))
    return {
      name,
      ...(mappers ? { mappers } : {}),
      syncMode: own,
      destinationSyncMode,
      ...(wish.cursorField?.length ? { cursorField: wish.cursorField } : {}),
      ...(wish.primaryKey?.length ? { primaryKey: wish.primaryKey } : {}),
      ...(wish.selectedFields?.length
        ? { fields: wish.selectedFields.map(({ fieldPath }) => fieldPath.join('.')) }
        : {}),
      ...(wish.includeFiles === undefined ? {} : { includesFiles: wish.includeFiles }),
    }
  })
}

/** Undefined where they stay as the file has them. @throws AIRBYTE_UNPROCESSABLE */
function wishedMappers(
  stream: string,
  wished: NonNullable<StreamWish['mappers']>,
  { told, isPartial }: ToldMappers,
): ConfiguredStream['mappers'] {
  // What was shown is sent back by whoever changes something else. A number of a condition has been a text since.
  if (isDeepStrictEqual(wished.map(settingsOf), told.map(settingsOf))) return undefined
  if (isPartial)
    throw unprocessable(
      `The stream \`${stream}\` has mappers that Airbyte's API has no words for, and they would be gone.`,
      'Change them in the file of the connection, or on the page.',
    )
  const { mappers, lacking } = readMappers(wished, { takesAes: true })
  const [first] = lacking
  if (!first) return mappers
  throw unprocessable(
    `The mapper \`${first.type}\`${first.field === undefined ? '' : ` of \`${first.field}\``} of the stream \`${stream}\` ${first.why}.`,
    'docs/connections.md says which mappers there are.',
  )
}

/** An id is a client's own. What is null says nothing: clients are told some of it that way, and send it back. */
const settingsOf = ({ type, mapperConfiguration = {} }: AirbyteMapper) => ({
  type,
  mapperConfiguration: Object.fromEntries(Object.entries(mapperConfiguration).filter(([, value]) => value != null)),
})

/** Undefined where nothing is said, null where it is to have none. @throws AIRBYTE_UNPROCESSABLE */
export function wishedSchedule({ schedule }: ConnectionWishes): Schedule | null | undefined {
  if (!schedule) return undefined
  const read = readSchedule(schedule)
  if (!read) return null
  const { cron, timezone, text } = read
  if (cron) return { cron: cron.length === 1 ? (cron[0] as string) : cron, timezone }
  throw unprocessable(
    `\`${text}\` cannot be said in cron's five fields, which schedules have here.`,
    'Take one that cron can say: whole hours that divide a day, days of the week, days of the month; with a time zone such as Europe/Berlin.',
  )
}

/** Undefined where nothing is said. @param own the schema of the destination */
export function wishedSchema({ namespaceDefinition, namespaceFormat }: ConnectionWishes, own: string | undefined) {
  switch (namespaceDefinition) {
    case undefined:
      return undefined
    case 'source':
      return '${SOURCE_NAMESPACE}'
    case 'destination':
      return own
    default:
      if (namespaceFormat) return namespaceFormat
      throw unprocessable('namespaceFormat is missing.', 'A `custom_format` is told by it.')
  }
}

export const wishedBehaviour = ({
  nonBreakingSchemaUpdatesBehavior: behaviour,
}: ConnectionWishes): ConnectionDraft['schemaChanges'] => (behaviour === 'disable_connection' ? 'pause' : behaviour)
