import { Option } from 'commander'
import { isMapping, readYaml } from '../../base/index.js'
import type {
  ConfiguredStream,
  DestinationSyncMode,
  DiscoveredStream,
  Mapper,
  SyncMode,
} from '../../extract-load/index.js'
import { cliErrors } from '../errors.js'
import { streamNotFound } from '../stream-not-found.js'
import { columnsOf, words } from './stream-words.js'

const flagNames = {
  syncMode: '--sync-mode',
  destinationSyncMode: '--destination-sync-mode',
  cursor: '--cursor',
  key: '--key',
  fields: '--fields',
  mapper: '--mapper',
  includeFiles: '--include-files',
  table: '--table',
  streamSchema: '--stream-schema',
} as const
type FlagName = keyof typeof flagNames

/** What flags say of streams: of all, or as `orders=updated_at` of one. */
export type StreamFlags = { readonly [Name in FlagName]?: readonly string[] | undefined }

export const collect = (value: string, before: readonly string[] = []) => [...before, value]

const repeated = (name: FlagName, value: string, what: string) =>
  new Option(`${flagNames[name]} <${value}>`, `${what}; may be repeated`).argParser(collect)

export const streamOptions: readonly Option[] = [
  repeated('syncMode', '[stream=]mode', 'full_refresh or incremental, instead of what is proposed'),
  repeated(
    'destinationSyncMode',
    '[stream=]mode',
    'overwrite, append, append_dedup or overwrite_dedup, instead of what is proposed',
  ),
  repeated('cursor', '[stream=]column', 'the column that tells what is new'),
  repeated('key', '[stream=]columns', 'the primary key, its columns separated by commas'),
  repeated('fields', '[stream=]fields', 'load only these fields, separated by commas'),
  repeated('mapper', '[stream=]mapper', 'hash, encrypt, rename, leave out or filter, written as in the file'),
  new Option(
    `${flagNames.includeFiles} <streams>`,
    'load the files that the records of these streams are about; separated by commas',
  ).argParser(collect),
  repeated('table', 'stream=table', 'the name of its table or folder, without the prefix'),
  repeated('streamSchema', 'stream=schema', 'the schema of its table, instead of --schema'),
]

/** Two streams never have one table. */
const ofOneStream: readonly FlagName[] = ['table', 'streamSchema']

/** The first flag that says something of streams. */
export const streamFlagIn = (flags: StreamFlags): string | undefined =>
  Object.entries(flagNames).find(([name]) => flags[name as FlagName] !== undefined)?.[1]

export interface StreamPlace {
  readonly connection: string
  /** Of the destination: what is proposed is written in one of them. */
  readonly modes: readonly DestinationSyncMode[]
}

/**
 * Streams as they are proposed, changed by what flags say.
 * @throws CLI_USAGE where a stream cannot be read or written so, STREAM_NOT_FOUND
 */
export async function flaggedStreams(
  streams: readonly DiscoveredStream[],
  flags: StreamFlags,
  { connection, modes }: StreamPlace,
): Promise<ConfiguredStream[]> {
  const { hasOwnCursor, proposeStream } = await import('../../extract-load/index.js')
  const names = streams.map(({ name }) => name)
  await refuseUnknown(flags, names, connection)
  const withFiles = await streamsWithFiles(flags.includeFiles, streams, connection)
  return streams.map((stream) => {
    const all = (flag: FlagName) => valuesOf(flags[flag] ?? [], stream.name, names)
    const own = (flag: FlagName) => all(flag).at(-1)
    const [cursor, key, fields] = [own('cursor'), own('key'), own('fields')]
    const wishes = {
      syncMode: oneOf<SyncMode>('syncMode', own('syncMode'), stream.supportedSyncModes, stream.name),
      destinationSyncMode: oneOf('destinationSyncMode', own('destinationSyncMode'), modes, stream.name),
      cursorField: cursor === undefined ? undefined : [cursor],
      primaryKey: key === undefined ? undefined : words(key).map((column) => [column]),
    }
    if (wishes.syncMode === 'incremental' && cursor === undefined && !hasOwnCursor(stream)) throw cursorMissing(stream)
    const mappers = all('mapper').map(readMapper)
    return {
      ...proposeStream(stream, wishes, modes),
      fields: fields === undefined ? undefined : words(fields),
      mappers: mappers.length > 0 ? mappers : undefined,
      includesFiles: withFiles.includes(stream.name) || undefined,
      schema: own('streamSchema'),
      table: own('table'),
    }
  })
}

async function streamsWithFiles(
  flags: StreamFlags['includeFiles'] = [],
  streams: readonly DiscoveredStream[],
  connection: string,
): Promise<readonly string[]> {
  const { namedStreams } = await import('./choose-streams.js')
  const named = await namedStreams(flags.join(','), streams, connection)
  const without = named.find((stream) => !stream.isFileBased)
  if (!without) return named.map(({ name }) => name)
  const able = streams.filter((stream) => stream.isFileBased).map(({ name }) => name)
  throw cliErrors.create('CLI_USAGE', {
    message: `The records of \`${without.name}\` are about no files that its source could send.`,
    hint:
      able.length > 0
        ? `Streams with files: ${able.join(', ')}.`
        : `None of the chosen streams has files: leave \`${flagNames.includeFiles}\` out.`,
  })
}

async function refuseUnknown(flags: StreamFlags, names: readonly string[], connection: string): Promise<void> {
  for (const [name, long] of Object.entries(flagNames) as [FlagName, string][])
    for (const flag of name === 'includeFiles' ? [] : (flags[name] ?? [])) {
      const stream = streamOf(flag, names)
      if (stream !== undefined && !names.includes(stream)) throw await streamNotFound(stream, names, connection)
      if (stream === undefined && ofOneStream.includes(name))
        throw cliErrors.create('CLI_USAGE', {
          message: `\`${long} ${flag}\` does not say of which stream.`,
          hint: `Write it as ${long} ${names[0] ?? 'orders'}=${flag}.`,
        })
    }
}

/** Which stream a flag is about; undefined where it is about all. */
function streamOf(flag: string, names: readonly string[]): string | undefined {
  // One name may begin another.
  const [known] = names.filter((name) => flag.startsWith(`${name}=`)).sort((a, b) => b.length - a.length)
  return known ?? (flag.startsWith('{') ? undefined : /^([^=]+)=/.exec(flag)?.[1])
}

/** What holds for all, and then what holds for this stream. */
function valuesOf(flags: readonly string[], stream: string, names: readonly string[]): string[] {
  const ofAll = flags.filter((flag) => streamOf(flag, names) === undefined)
  const own = flags.filter((flag) => streamOf(flag, names) === stream).map((flag) => flag.slice(stream.length + 1))
  return [...ofAll, ...own]
}

function oneOf<Value extends string>(
  flag: FlagName,
  value: string | undefined,
  known: readonly Value[],
  stream: string,
): Value | undefined {
  const found = known.find((one) => one === value)
  if (found !== undefined || value === undefined) return found
  throw cliErrors.create('CLI_USAGE', {
    message: `\`${flagNames[flag]} ${value}\` is no way to load \`${stream}\`.`,
    hint: `Choose ${known.join(' or ')}.`,
  })
}

/** Whether it is one that there is, is told with its place in the file. */
function readMapper(text: string): Mapper {
  const { value } = readYaml(text, '--mapper')
  if (isMapping(value)) return value as unknown as Mapper
  throw cliErrors.create('CLI_USAGE', {
    message: `\`--mapper ${text}\` is no mapper.`,
    hint: "Write it as in a file: --mapper 'customers={ type: hashing, field: email }'.",
  })
}

function cursorMissing({ name, cursorCandidates = [] }: DiscoveredStream) {
  const candidates = columnsOf(cursorCandidates)
  return cliErrors.create('CLI_USAGE', {
    message: `The source does not say what is new in \`${name}\`: \`--cursor\` is missing.`,
    hint: `Name a column whose values grow: --cursor ${name}=${candidates.split(', ')[0] || 'updated_at'}. Could be: ${candidates || 'unknown'}.`,
  })
}
