import { readSchedule } from '../../../orchestrate/index.js'
import type { Engine } from '../../../platform/index.js'
import type { ConnectionWishes, StreamWish } from '../contract/requests.js'
import { unprocessable } from '../errors.js'

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

/** @param offered the names of the streams that the source has */
export function configuredStreams(wishes: readonly StreamWish[], offered: readonly string[]): ConfiguredStream[] {
  return wishes.map(({ name, namespace, syncMode = 'full_refresh_overwrite', mappers, ...wish }) => {
    if (mappers && mappers.length > 0)
      throw unprocessable(
        `Mappers of the stream \`${name}\` are not taken here.`,
        'Write them into the file of the connection, or choose them on the page; there they stay when the streams are changed here.',
      )
    const [own, destinationSyncMode] = modes[syncMode]
    const full = `${namespace}.${name}`
    return {
      name: namespace !== undefined && !offered.includes(name) && offered.includes(full) ? full : name,
      syncMode: own,
      destinationSyncMode,
      ...(wish.cursorField?.length ? { cursorField: wish.cursorField } : {}),
      ...(wish.primaryKey?.length ? { primaryKey: wish.primaryKey } : {}),
      ...(wish.selectedFields?.length
        ? { fields: wish.selectedFields.map(({ fieldPath }) => fieldPath.join('.')) }
        : {}),
    }
  })
}

/** Undefined where nothing is said, null where it is to have none. @throws AIRBYTE_UNPROCESSABLE */
export function wishedSchedule({ schedule }: ConnectionWishes): Schedule | null | undefined {
  if (!schedule) return undefined
  const read = readSchedule(schedule)
  if (!read) return null
  const { cron, timezone, text } = read
  if (cron) return { cron: cron.length === 1 ? (cron[0] as string) : cron, timezone }
  throw unprocessable(
    `\`${text}\` cannot be said in cron's five fields, which schedules have here.`,
    'Take one that cron can say: whole hours that divide a day, days of the week, days of the month.',
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
