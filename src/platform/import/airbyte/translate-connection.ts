import { isMapping } from '../../../base/index.js'
import {
  type AirbyteConfiguredConnection,
  type ConfiguredStream,
  type Connection,
  type ConnectionDraft,
  type ConnectionSchedule,
  followsSource,
  ownSchema,
  placedStreams,
  type SchemaChangePolicy,
} from '../../../extract-load/index.js'
import { readSchedule } from '../../../orchestrate/index.js'
import type { AirbyteConnectionFacts } from './airbyte-facts.js'
import { type Variable, withoutSecrets } from './secrets.js'
import { translateMappers } from './translate-mappers.js'
import { type Added, type Preference, translateDestination, translateSource } from './translate-source.js'
import type { ImportedStream } from './translate-states.js'

export interface TranslateOptions {
  /** What it is called here. */
  readonly name: string
  readonly prefer: Preference
  /** Whether streams are to go on from where Airbyte was. */
  readonly withStates: boolean
  /** Whether it loads into the project's warehouse, and not into Airbyte's own destination. */
  readonly intoWarehouse: boolean
  /** Which connectors of the project read what; none when left out. */
  readonly added?: Added | undefined
}

export interface TranslatedConnection {
  readonly draft: ConnectionDraft
  readonly streams: readonly ImportedStream[]
  /** Of ours; undefined where Airbyte's own connector reads, or a manifest, which goes on with the same states. */
  readonly native: string | undefined
  /** A manifest reads, here. */
  readonly isManifest: boolean
  readonly notes: readonly string[]
  /** Variables that have to be set, with what each holds. */
  readonly variables: ReadonlyMap<string, Variable>
}

type CatalogStream = AirbyteConfiguredConnection['syncCatalog']['streams'][number]

/** A connection of Airbyte as a draft of one of ours. */
export function translateConnection(facts: AirbyteConnectionFacts, options: TranslateOptions): TranslatedConnection {
  const { name, prefer, intoWarehouse, withStates, added = () => undefined } = options
  const { connection } = facts
  const notes: string[] = []
  const selected = connection.syncCatalog.streams.filter(({ config }) => config.selected)
  const isIncremental = selected.some(({ config }) => config.syncMode === 'incremental')
  const bringsStates = withStates && isIncremental && facts.state !== undefined && facts.state.type !== 'not_set'
  const source = translateSource(facts.source, prefer, { bringsStates, added })
  const ofSource = withoutSecrets(name, 'source', source.config)
  notes.push(...source.notes)
  const slot = isMapping(source.config.replication_method)
    ? source.config.replication_method.replication_slot
    : undefined
  if (source.isNative && typeof slot === 'string')
    notes.push(
      `the replication slot \`${slot}\` is Airbyte's: let \`replication_slot\` name another one as long as Airbyte reads by it, and drop it there afterwards`,
    )
  const isManifest = !source.isNative && source.connector !== 'airbyte'
  const names = streamNames(connection, source.isNative ? source.config : undefined)
  const streams = selected.flatMap((catalog) => {
    const { mappers, notes: told, lacksFilter } = translateMappers(catalog.config.mappers ?? [])
    const stream = names.get(catalog) ?? catalog.stream.name
    notes.push(...told.map((note) => `\`${stream}\`: ${note}`))
    if (lacksFilter) {
      notes.push(
        `\`${stream}\` is left out: its filter of rows is not understood, and without it all rows would be loaded`,
      )
      return []
    }
    const own = streamOf(catalog, { name: stream, mappers, isNative: source.isNative })
    if (own.destinationSyncMode !== catalog.config.destinationSyncMode)
      notes.push(
        `\`${stream}\` is loaded by \`${own.destinationSyncMode}\`: \`${catalog.config.destinationSyncMode}\` ${isDedup(catalog.config.destinationSyncMode) ? 'needs a key, and Airbyte told none' : 'has no equal here'}`,
      )
    if (catalog.config.includeFiles)
      notes.push(
        `\`${stream}\` is loaded without the files that its records are about, which Airbyte moves as well: ${isManifest ? 'a connection into the destination `file` keeps them, with `include_files: true` of the stream' : 'only manifests bring files here'}`,
      )
    return [{ catalog, stream: own }]
  })
  const { schema, placed } = places(facts, streams, { intoWarehouse })
  const schedule = scheduleOf(facts, notes)
  const { destination, variables } = destinationOf(facts, { name, intoWarehouse, schema, notes })
  return {
    draft: {
      name,
      source: { connector: source.connector, config: ofSource.config },
      destination,
      streams: placed.map(({ stream }) => stream),
      schemaChanges: schemaChangesOf(connection.nonBreakingChangesPreference),
      schedule,
    },
    streams: placed,
    native: source.isNative ? source.connector : undefined,
    isManifest,
    notes,
    variables: new Map([...ofSource.variables, ...variables]),
  }
}

/** `namespace.name` where the connector has several of one name, and for databases of which several schemas are read. */
function streamNames(
  { syncCatalog: { streams } }: AirbyteConfiguredConnection,
  native: Readonly<Record<string, unknown>> | undefined,
): ReadonlyMap<CatalogStream, string> {
  const counts = new Map<string, number>()
  for (const { stream } of streams) counts.set(stream.name, (counts.get(stream.name) ?? 0) + 1)
  const readsSeveral = Array.isArray(native?.schemas) && native.schemas.length > 1
  return new Map(
    streams.map((one) => {
      const { name, namespace } = one.stream
      const isLong = native ? readsSeveral : (counts.get(name) ?? 0) > 1
      return [one, isLong && namespace !== undefined ? `${namespace}.${name}` : name]
    }),
  )
}

const isDedup = (mode: string) => mode.endsWith('dedup')

/** A mode of Airbyte that has no equal is the one that loses nothing. */
const destinationModes = ['overwrite', 'append', 'append_dedup', 'overwrite_dedup'] as const

function streamOf(
  { stream, config }: CatalogStream,
  { name, mappers, isNative }: Pick<ConfiguredStream, 'name' | 'mappers'> & { readonly isNative: boolean },
): ConfiguredStream {
  const syncMode = config.syncMode === 'incremental' ? 'incremental' : 'full_refresh'
  const wanted = destinationModes.find((one) => one === config.destinationSyncMode) ?? 'append'
  // What the source defines itself a connector of Airbyte does not want to be told.
  const isOfLog = isNative && config.cursorField?.[0]?.startsWith('_ab_cdc_')
  const cursor = stream.sourceDefinedCursor || isOfLog ? undefined : config.cursorField
  const key = config.primaryKey?.length ? config.primaryKey : stream.sourceDefinedPrimaryKey
  const mode = isDedup(wanted) && !key?.length ? (wanted === 'append_dedup' ? 'append' : 'overwrite') : wanted
  const fields = config.fieldSelectionEnabled
    ? [...new Set((config.selectedFields ?? []).flatMap(({ fieldPath }) => fieldPath?.[0] ?? []))]
    : undefined
  return {
    name,
    syncMode,
    destinationSyncMode: mode,
    ...(syncMode === 'incremental' && cursor?.length ? { cursorField: cursor } : {}),
    ...(isDedup(mode) && key?.length ? { primaryKey: key } : {}),
    ...(fields?.length ? { fields } : {}),
    ...(mappers?.length ? { mappers } : {}),
  }
}

/** Where Airbyte loads each stream: one schema for all, or one of its own. */
function places(
  { connection, schedule, destination }: AirbyteConnectionFacts,
  streams: readonly ImportedStream[],
  { intoWarehouse }: { readonly intoWarehouse: boolean },
): { readonly schema: string | undefined; readonly placed: readonly ImportedStream[] } {
  const asPublic = {
    ...connection,
    workspaceId: '',
    statusReason: undefined,
    nonBreakingSchemaUpdatesBehavior: undefined,
    createdAt: undefined,
    schedule,
    configurations: {
      streams: streams.map(({ catalog: { stream } }) => ({
        name: stream.name,
        namespace: stream.namespace,
        syncMode: undefined,
        cursorField: undefined,
        primaryKey: undefined,
        selectedFields: undefined,
        mappers: undefined,
        includeFiles: undefined,
      })),
    },
  }
  const own = ownSchema({
    name: destination.name,
    destinationId: '',
    workspaceId: '',
    definitionId: undefined,
    destinationType: destination.type,
    configuration: destination.config,
  })
  const found = placedStreams(asPublic, own ?? (intoWarehouse ? 'raw' : undefined))
  const schemas = found.flatMap(({ schema }) => schema ?? [])
  // An Airbyte connector places a stream by its own default where nothing is said.
  const usual = intoWarehouse || followsSource(asPublic) ? mostFrequent(schemas) : undefined
  const prefix = connection.prefix ?? ''
  const placed = streams.map((one, i): ImportedStream => {
    const schema = found[i]?.schema
    const table = `${prefix}${one.catalog.stream.name}`
    const isElsewhere = schema !== undefined && usual !== undefined && schema !== usual
    const isNamedElse = one.stream.name !== one.catalog.stream.name
    return {
      ...one,
      stream: { ...one.stream, ...(isElsewhere ? { schema } : {}), ...(isNamedElse ? { table } : {}) },
    }
  })
  return { schema: usual, placed }
}

function mostFrequent(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}

interface DestinationOptions {
  readonly name: string
  readonly intoWarehouse: boolean
  readonly schema: string | undefined
  readonly notes: string[]
}

function destinationOf(
  { connection, destination }: AirbyteConnectionFacts,
  { name, intoWarehouse, schema, notes }: DestinationOptions,
): { readonly destination: ConnectionDraft['destination']; readonly variables: ReadonlyMap<string, Variable> } {
  const shared = {
    ...(schema === undefined ? {} : { schema }),
    ...(connection.prefix ? { prefix: connection.prefix } : {}),
    cdcDeletes: cdcDeletesOf(destination.config),
  }
  if (intoWarehouse) return { destination: { connector: 'warehouse', ...shared }, variables: new Map() }
  const { connector, config, notes: told } = translateDestination(destination)
  notes.push(...told)
  const { config: own, variables } = withoutSecrets(name, 'destination', config)
  return { destination: { connector, config: own, ...shared }, variables }
}

const cdcDeletesOf = (config: Readonly<Record<string, unknown>>): Connection['destination']['cdcDeletes'] =>
  /soft/i.test(String(config.cdc_deletion_mode ?? '')) ? 'soft' : 'hard'

function scheduleOf({ connection, schedule }: AirbyteConnectionFacts, notes: string[]): ConnectionSchedule | undefined {
  const read = readSchedule(schedule)
  if (!read) return undefined
  const [first, ...more] = read.cron ?? []
  if (first === undefined) {
    notes.push(`its schedule (${read.text}) cannot be said by cron: write \`schedule.cron\``)
    return undefined
  }
  if (connection.status !== 'active') {
    notes.push(`it is ${connection.status} in Airbyte, so it has no schedule here; there it was ${read.text}`)
    return undefined
  }
  return { cron: more.length === 0 ? first : [first, ...more], timezone: read.timezone }
}

const policies: Readonly<Record<string, SchemaChangePolicy>> = {
  ignore: 'ignore',
  disable: 'pause',
  disable_connection: 'pause',
  propagate_columns: 'propagate_columns',
  propagate_fully: 'propagate_fully',
}

const schemaChangesOf = (preference: string | undefined): SchemaChangePolicy | undefined => {
  const policy = policies[preference ?? '']
  return policy === 'propagate_columns' ? undefined : policy
}
