import { isMapping } from '../../../base/index.js'
import { invalid, unprocessable } from '../errors.js'
import { placeOf } from '../views/actors.js'
import type { Catalog } from '../views/catalog.js'
import type { Connectors, WarehouseFacts } from '../views/connectors.js'
import { airbyteWords } from '../views/source-settings.js'

type Settings = Readonly<Record<string, unknown>>

/** An end of a connection as a client describes it: by its type or its definition, in Airbyte's words or ours. */
export interface DescribedEnd {
  readonly definitionId?: string | undefined
  readonly configuration: Settings
}

export interface OwnEnd {
  readonly connector: string
  readonly config: Settings
  readonly schema?: string | undefined
}

/** @throws SERVER_INVALID, AIRBYTE_UNPROCESSABLE */
export async function sourceEnd(described: DescribedEnd, catalog: Catalog, connectors: Connectors): Promise<OwnEnd> {
  const { sourceType, ...config } = described.configuration
  const names = (await connectors.sources()).map(({ name }) => name)
  const connector = definedName('source_definition', described, catalog, names) ?? sourceType
  if (typeof connector !== 'string') throw invalid('configuration.sourceType is missing.')
  if (names.includes(connector)) return sourceOf(connector, config)
  if (typeof config.image === 'string') return sourceOf('airbyte', config)
  throw unprocessable(
    `There is no source connector \`${connector}\` of its own here.`,
    `Those that there are: ${names.join(', ')}. Any of Airbyte's runs as its image: say which, \`"image": "airbyte/source-${connector}:…"\`, beside the settings.`,
  )
}

/** @throws SERVER_INVALID, AIRBYTE_UNPROCESSABLE */
export async function destinationEnd(
  described: DescribedEnd,
  catalog: Catalog,
  connectors: Connectors,
): Promise<OwnEnd> {
  const { destinationType, ...config } = described.configuration
  const [all, warehouse] = await Promise.all([connectors.destinations(), connectors.warehouse()])
  const names = all.map(({ name }) => name)
  const wanted = definedName('destination_definition', described, catalog, names) ?? destinationType
  if (typeof wanted !== 'string') throw invalid('configuration.destinationType is missing.')
  const connector = wanted === warehouse.type ? 'warehouse' : wanted
  if (connector === 'warehouse') return { schema: 'raw', ...destinationOf(connector, config, warehouse) }
  if (names.includes(connector)) return destinationOf(connector, config, warehouse)
  if (typeof config.image === 'string') return destinationOf('airbyte', config, warehouse)
  throw unprocessable(
    `There is no destination connector \`${connector}\` of its own here.`,
    `Those that there are: ${names.join(', ')}; \`${warehouse.type}\` is the project's warehouse. Any of Airbyte's runs as its image: say which, \`"image": "airbyte/destination-${connector}:…"\`, beside the settings.`,
  )
}

/**
 * The settings of an end that is there already, as somebody sends them; its connector stays.
 * @param isPartial what is not said stays
 * @throws SERVER_INVALID, AIRBYTE_UNPROCESSABLE
 */
export function changedEnd(
  kind: 'source' | 'destination',
  { connector, config: present }: OwnEnd,
  configuration: Settings,
  warehouse: WarehouseFacts,
  isPartial: boolean,
): OwnEnd {
  const { sourceType: _, destinationType: __, ...config } = configuration
  if (kind === 'destination') return destinationOf(connector, config, warehouse, isPartial ? {} : present)
  return sourceOf(connector, config, present, isPartial)
}

const sourceOf = (connector: string, config: Settings, present: Settings = {}, isPartial = false): OwnEnd => ({
  connector,
  config:
    connector === 'airbyte'
      ? ofProgram(config, isPartial ? {} : present)
      : ownSettings(connector, config, isPartial ? present : {}),
})

function destinationOf(connector: string, config: Settings, warehouse: WarehouseFacts, present: Settings = {}): OwnEnd {
  if (connector === 'warehouse') return warehouseEnd(config, placeOf(warehouse))
  if (connector === 'airbyte') return { connector, config: ofProgram(config, present) }
  const { schema, ...own } = config
  return { connector, config: own, ...(typeof schema === 'string' ? { schema } : {}) }
}

/**
 * A connector of Airbyte's: which one it is lies beside its own settings, in which it is shown without that.
 * @param present what says which one it is, where nothing else is said
 */
function ofProgram(given: Settings, present: Settings): Settings {
  const { config: _, ...program } = present
  const { image, ...rest } = given
  const named = { ...program, ...(image === undefined ? {} : { image }) }
  const isOurs = isMapping(rest.config) && Object.keys(rest).every((key) => programKeys.includes(key))
  return isOurs ? { ...named, ...rest } : { ...named, config: rest }
}

/** As docs/connectors/airbyte.md has them. */
const programKeys = ['command', 'container_engine', 'config']

/** What says where the tables of the project's warehouse are, and nothing about which warehouse it is. */
const schemaKeys = ['schema', 'default_schema', 'dataset_id']
/** What says how rows come into it: docs/destinations/warehouse.md */
const ownKeys = ['loading_method']

/** Which warehouse it is says the project: settings that say the same are taken, others would be a lie. */
function warehouseEnd(config: Settings, place: Settings): OwnEnd {
  const isOwn = ([key, value]: readonly [string, unknown]) => ownKeys.includes(key) && typeof value === 'string'
  const own = Object.fromEntries(Object.entries(config).filter(isOwn))
  const others = Object.entries(config).filter(
    ([key, value]) => !(key in own) && !schemaKeys.includes(key) && value !== null && place[key] !== value,
  )
  if (others.length > 0)
    throw unprocessable(
      `${others.map(([key]) => `\`${key}\``).join(', ')} of the warehouse cannot be said here: which one it is, and how it is reached, stands in the dbt profile of the project.`,
      'Say where the tables are, `"schema": "raw"`; for another database make another project, or use a destination connector of Airbyte.',
    )
  const [schema] = schemaKeys.flatMap((key) => config[key] ?? [])
  if (schema !== undefined && typeof schema !== 'string') throw invalid('configuration.schema has to be a text.')
  return { connector: 'warehouse', config: own, ...(schema === undefined ? {} : { schema }) }
}

function definedName(
  kind: 'source_definition' | 'destination_definition',
  { definitionId }: DescribedEnd,
  catalog: Catalog,
  names: readonly string[],
): string | undefined {
  if (definitionId === undefined) return undefined
  const found = names.find((name) => catalog.definitionId(kind, name) === definitionId)
  if (found !== undefined) return found
  throw unprocessable(
    `There is no ${kind.replace('_', ' ')} ${definitionId}.`,
    'GET /workspaces/{workspaceId}/definitions/… lists those that there are. Definitions of another Airbyte have other ids.',
  )
}

/**
 * Settings in the words of Airbyte's connector of the same type become ours; where both stand, as we show them, ours count.
 * @param before what is there already, where it is not all said again
 */
export function ownSettings(connector: string, config: Settings, before: Settings = {}): Settings {
  const words = airbyteWords(connector, before)
  const saysSome = Object.keys(words).some((key) => key in config)
  return inOwnWords[connector]?.(saysSome ? { ...words, ...config } : config) ?? config
}

/** How Airbyte's connectors go about their work, which clients that are made of their schemas send along; ours know it by themselves. */
function untuned(config: Settings, ...names: readonly string[]): Settings {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !names.includes(key)))
}

const inOwnWords: Readonly<Record<string, (config: Settings) => Settings>> = {
  file({ dataset_name: name, url, format, provider, ...own }) {
    if (own.streams !== undefined || typeof url !== 'string') return own
    const { storage = 'local' } = isMapping(provider) ? provider : {}
    if (!['HTTPS', 'local'].includes(String(storage)))
      throw unprocessable(
        `A file of \`${storage}\` cannot be said in the words of Airbyte's connector.`,
        'Say it in ours: `"streams": [{"name": "orders", "path": "s3://bucket/orders.csv"}]`, with the settings of the store beside it.',
      )
    const known = typeof format === 'string' && !url.includes(`.${format}`) ? { format } : {}
    return { ...own, streams: [{ name: String(name ?? 'file'), path: url, ...known }] }
  },
  faker: (config) => untuned(config, 'parallelism', 'records_per_slice'),
  postgres({ entra_service_principal_auth: isEntra, ...own }) {
    return isEntra ? { ...own, entra_service_principal_auth: isEntra } : own
  },
  mysql({ replication_method: method, ...config }) {
    const own = untuned(config, 'check_privileges', 'checkpoint_target_interval_seconds', 'max_db_connections')
    return isMapping(method) && method.method !== 'STANDARD' ? { ...own, replication_method: method } : own
  },
}
