import { isMapping } from '../../../base/index.js'
import type { ConfiguredStream, ConnectionDraft, FieldPath, Mapper } from '../../contract.js'
import { writtenPartitions } from '../schema/partitions-schema.js'

/** What is longer goes over several lines. */
const lineWidth = 120

/** The YAML of a connection, as a person would write it: what is small stands on one line, what is usual is left out. */
export function connectionText({
  name,
  source,
  destination,
  streams,
  schemaChanges,
  schedule,
}: ConnectionDraft): string {
  const config = Object.keys(source.config).length === 0 ? {} : { config: source.config }
  return [
    ...entry('name', name, ''),
    ...blockOf({ source: { connector: source.connector, ...config } }, ''),
    ...entry('destination', destinationSettings(destination), ''),
    ...(streams.length === 0
      ? []
      : ['streams:', ...streams.flatMap((stream) => entry(stream.name, streamSettings(stream), '  '))]),
    ...(schemaChanges ? entry('schema_changes', schemaChanges, '') : []),
    ...(schedule ? entry('schedule', { cron: schedule.cron, timezone: schedule.timezone }, '') : []),
    '',
  ].join('\n')
}

function destinationSettings({
  connector = 'warehouse',
  config = {},
  schema,
  prefix,
  cdcDeletes = 'hard',
}: ConnectionDraft['destination']) {
  return {
    connector,
    ...(Object.keys(config).length > 0 ? { config } : {}),
    ...(schema === undefined ? {} : { schema }),
    ...(prefix ? { prefix } : {}),
    ...(cdcDeletes === 'hard' ? {} : { cdc_deletes: cdcDeletes }),
  }
}

export function streamSettings(stream: ConfiguredStream): Record<string, unknown> {
  const { syncMode, destinationSyncMode, primaryKey, cursorField, fields, mappers, partitions } = stream
  const { includesFiles, schema, table } = stream
  return {
    sync_mode: syncMode,
    destination_sync_mode: destinationSyncMode,
    ...(primaryKey && primaryKey.length > 0 ? { primary_key: keySetting(primaryKey) } : {}),
    ...(cursorField && cursorField.length > 0 ? { cursor_field: single(cursorField) } : {}),
    ...(fields ? { fields } : {}),
    ...(mappers && mappers.length > 0 ? { mappers: mappers.map(mapperSettings) } : {}),
    ...(partitions ? { partitions: writtenPartitions(partitions) } : {}),
    ...(includesFiles ? { include_files: true } : {}),
    ...(schema ? { schema } : {}),
    ...(table ? { table } : {}),
  }
}

/** As a file has it, without what is usual. What nobody knows stays, so that it is refused with its name. */
function mapperSettings(mapper: Mapper): object {
  if (mapper.type !== 'encryption') return mapper
  if (mapper.algorithm !== 'RSA') {
    const { algorithm: _, ...rest } = mapper
    return rest
  }
  const { publicKey, ...rest } = mapper
  return publicKey === undefined ? rest : { ...rest, public_key: publicKey }
}

/** One column by its name; a path into nested data stays a list within the list, or it would be a key of several columns. */
function keySetting(primaryKey: readonly FieldPath[]) {
  const names = primaryKey.map((path) => single(path))
  return names.length === 1 && typeof names[0] === 'string' ? names[0] : names
}

/** A list of one as its only part, which is how people write it. */
const single = <T>(list: readonly T[]): T | readonly T[] => (list.length === 1 ? (list[0] as T) : list)

/** The same mapping, each of its parts on a line of its own at least. */
function blockOf(mapping: object, indent: string): string[] {
  return Object.entries(mapping).flatMap(([key, value]) =>
    isMapping(value) && Object.keys(value).length > 0
      ? [`${indent}${scalar(key)}:`, ...blockOf(value, `${indent}  `)]
      : entry(key, value, indent),
  )
}

const isListOfMappings = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isMapping)

/** `key: value` on one line where it fits. A list of mappings never stands on the line of its key, nor on that of what holds it. */
function entry(key: string, value: unknown, indent: string): string[] {
  const line = `${indent}${scalar(key)}: ${flow(value)}`
  const isHolder = value !== null && typeof value === 'object' && Object.keys(value).length > 0
  const isLong = isListOfMappings(value) || (isMapping(value) && Object.values(value).some(isListOfMappings))
  if (!isLong && (!isHolder || line.length <= lineWidth)) return [line]
  const inner = `${indent}  `
  return [
    `${indent}${scalar(key)}:`,
    ...(Array.isArray(value)
      ? value.flatMap((item) => listItem(item, inner))
      : Object.entries(value as object).flatMap(([name, one]) => entry(name, one, inner))),
  ]
}

function listItem(item: unknown, indent: string): string[] {
  const line = `${indent}- ${flow(item)}`
  if (line.length <= lineWidth || !isMapping(item)) return [line]
  const lines = Object.entries(item).flatMap(([name, one]) => entry(name, one, `${indent}  `))
  return [`${indent}- ${lines[0]?.trimStart()}`, ...lines.slice(1)]
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (isMapping(value)) {
    const parts = Object.entries(value).map(([key, one]) => `${scalar(key)}: ${flow(one)}`)
    return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
  }
  return scalar(value)
}

/** A text without quotes where every reader of YAML takes it for one. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value ?? null)
  const isWord = /^[A-Za-z_./](?:[\w./*@+-]|:(?=[\w/])| (?=[\w./*@+-]))*$/.test(value)
  if (isWord && !/^(?:null|true|false|yes|no|on|off|y|n|\.inf|\.nan|\.+|\.\d[\d_.]*)$/i.test(value)) return value
  // Line ends and what cannot be seen exist only between double quotes.
  return /^[\x20-\x7e\u00a1-\ud7ff\ue000-\ufefe]*$/.test(value)
    ? `'${value.replaceAll("'", "''")}'`
    : JSON.stringify(value)
}
