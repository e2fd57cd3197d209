import type { ConnectionSettings } from '../../platform/index.js'
import type { ConfiguredStreamView, ConnectionSettingsView } from '../contract/index.js'

/** The settings of a connection, for a form. */
export function connectionSettingsView({
  file,
  hash,
  readOnly,
  followsStreams,
  retries,
  timeouts,
  draft: { source, destination, streams, schemaChanges, schedule },
}: ConnectionSettings): ConnectionSettingsView {
  return {
    ...{ file, hash, followsStreams },
    ...(readOnly === undefined ? {} : { readOnly }),
    source: { connector: source.connector, config: source.config },
    destination,
    streams: streams.map(streamView),
    schemaChanges,
    ...(schedule ? { schedule: { cron: [schedule.cron].flat(), timezone: schedule.timezone } } : {}),
    ...(retries ? { retries } : {}),
    ...(timeouts ? { timeouts } : {}),
  }
}

/** What of a stream a form changes. */
function streamView(stream: ConnectionSettings['draft']['streams'][number]): ConfiguredStreamView {
  const { name, syncMode, destinationSyncMode, cursorField, primaryKey, fields, mappers } = stream
  const { includesFiles, schema, table } = stream
  return {
    ...{ name, syncMode, destinationSyncMode },
    ...(cursorField ? { cursorField: [...cursorField] } : {}),
    ...(primaryKey ? { primaryKey: primaryKey.map((path) => [...path]) } : {}),
    ...(fields ? { fields: [...fields] } : {}),
    ...(mappers && mappers.length > 0 ? { mappers: [...mappers] } : {}),
    ...(includesFiles ? { includesFiles } : {}),
    ...(schema === undefined ? {} : { schema }),
    ...(table === undefined ? {} : { table }),
  }
}
