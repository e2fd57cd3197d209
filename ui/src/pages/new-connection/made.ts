import type {
  ApiError,
  ConfiguredStreamView,
  ConnectionDraftView,
  DestinationConnectorView,
  DiscoveredDraft,
  SettingSchema,
  Settings,
  SourceSpecView,
} from '../../../../src/server/contract/index.js'
import type { CheckAnswer } from '../../design/connections/check-answer.js'
import { completed, missingSettings } from '../../design/forms/setting-schema.js'
import { asWritable, lackOf } from './modes.js'

/** Airbyte's word for where a stream lies in its source. */
export const namespaceWord = '${SOURCE_NAMESPACE}'

/** In the words of Airbyte: destination default, mirror source structure, custom format. */
export type Placing = 'default' | 'mirror' | 'custom'

export interface SourceSettingsValue {
  readonly name: string
  readonly config: Settings
  /** What an Airbyte connector said of its settings. */
  readonly told: SourceSpecView | undefined
}

/** What a source turned out to have. */
export interface LookedInto {
  readonly source: ConnectionDraftView['source']
  readonly message: string | undefined
  /** What its check said beside that, such as of settings that nobody declares. */
  readonly warnings?: readonly string[] | undefined
  readonly found: DiscoveredDraft
}

/** A destination that was found right. */
export interface CheckedDestination {
  /** `placesKey` of the draft. */
  readonly key: string
  readonly answer: CheckAnswer
}

export interface DestinationValue {
  readonly connector: string
  readonly config: Settings
  readonly placing: Placing
  readonly schema: string
  readonly custom: string
  readonly prefix: string
}

/** By name; a stream that is not there is not loaded. */
export type ChosenStreams = Readonly<Record<string, ConfiguredStreamView>>

export type SchemaChanges = NonNullable<ConnectionDraftView['schemaChanges']>

/** What was chosen so far. */
export interface Made {
  readonly source: SourceSettingsValue
  readonly looked: LookedInto | undefined
  readonly destination: DestinationValue
  readonly checked: CheckedDestination | undefined
  /** Streams are not named: whatever the source has is loaded. */
  readonly isFollowing: boolean
  readonly chosen: ChosenStreams
  readonly schemaChanges: SchemaChanges
  readonly cdcDeletes: 'hard' | 'soft'
  /** As it is typed: several expressions have a `;` between them. */
  readonly schedule: { readonly cron: string; readonly timezone: string } | undefined
  /** Further attempts and limits of time, of one that is there. */
  readonly pace?: Settings | undefined
}

export const nothingMade = (name: string, destination: string): Made => ({
  source: { name, config: {}, told: undefined },
  looked: undefined,
  destination: {
    connector: destination,
    config: {},
    placing: 'default',
    schema: 'raw',
    custom: `raw_${namespaceWord}`,
    prefix: '',
  },
  checked: undefined,
  isFollowing: false,
  chosen: {},
  schemaChanges: 'propagate_columns',
  cdcDeletes: 'hard',
  schedule: undefined,
})

/** After the source was looked into: every stream as it is proposed, as far as the destination can take it so. */
export function withLooked(made: Made, looked: LookedInto, destination: DestinationConnectorView): Made {
  const proposed = looked.found.streams.map((stream) => [stream.name, asWritable(stream.proposed, destination.modes)])
  const { placing } = made.destination
  return {
    ...made,
    looked,
    chosen: Object.fromEntries(proposed),
    isFollowing: made.isFollowing && looked.found.canFollow,
    destination: {
      ...made.destination,
      placing: placing === 'mirror' && !looked.found.hasNamespaces ? 'default' : placing,
    },
  }
}

/**
 * With another destination, in whose modes streams are written. What nobody changed is as it is proposed for that one: a mode that
 * the last one did not have comes back.
 */
export function withDestination(
  made: Made,
  destination: DestinationValue,
  { from, to }: Readonly<Record<'from' | 'to', DestinationConnectorView>>,
): Made {
  if (from.name === to.name) return { ...made, destination }
  const proposals = new Map(made.looked?.found.streams.map(({ name, proposed }) => [name, proposed]))
  const chosen = Object.entries(made.chosen).map(([name, stream]) => {
    const proposed = proposals.get(name)
    const isAsProposed = proposed && JSON.stringify(stream) === JSON.stringify(asWritable(proposed, from.modes))
    const { schema, includesFiles, ...others } = stream
    const kept = {
      ...others,
      ...(schema !== undefined && to.isWarehouse ? { schema } : {}),
      ...(includesFiles && to.keepsFiles ? { includesFiles } : {}),
    }
    return [name, asWritable(isAsProposed ? proposed : kept, to.modes)]
  })
  return { ...made, destination, chosen: Object.fromEntries(chosen) }
}

export function schemaOf({ placing, schema, custom }: DestinationValue): string {
  if (placing === 'mirror') return namespaceWord
  return (placing === 'custom' ? custom : schema).trim()
}

/** What the server makes a file of. */
export function draftOf(made: Made, connector: DestinationConnectorView): ConnectionDraftView {
  const { name, isWarehouse } = connector
  const { looked, destination, isFollowing, schemaChanges, cdcDeletes, schedule } = made
  const prefix = destination.prefix.trim()
  const config = completed(configSchemaOf(connector), destination.config) as Settings
  return {
    name: made.source.name.trim(),
    source: looked?.source ?? { connector: '', config: {} },
    destination: {
      ...(isWarehouse ? { schema: schemaOf(destination) } : { connector: name }),
      ...(isWarehouse && Object.keys(config).length === 0 ? {} : { config }),
      ...(prefix === '' ? {} : { prefix }),
      // A table that is replaced holds no deleted row.
      ...(cdcDeletes === 'soft' && !isFollowing ? { cdcDeletes } : {}),
    },
    streams: isFollowing ? [] : Object.values(made.chosen),
    ...(isFollowing
      ? { schemaChanges: 'propagate_fully' as const }
      : schemaChanges === 'propagate_columns'
        ? {}
        : { schemaChanges }),
    ...(schedule ? { schedule: writtenSchedule(schedule) } : {}),
  }
}

/** Cron expressions as somebody typed them. */
export const cronsIn = (text: string): string[] =>
  text
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one !== '')

/** One expression by itself, as people write it. */
export function writtenSchedule({ cron, timezone }: NonNullable<Made['schedule']>) {
  const crons = cronsIn(cron)
  return { cron: crons.length > 1 ? crons : (crons[0] ?? cron), timezone }
}

/** All of a draft that the check of its destination looks at. */
export function placesKey({
  destination: { cdcDeletes: _, ...destination },
  streams = [],
}: ConnectionDraftView): string {
  return JSON.stringify([destination, ...new Set(streams.flatMap(({ schema }) => schema ?? []))])
}

/** A name that no connection has: that of the connector, or one after it. */
export function freeName(connector: string, taken: ReadonlySet<string>): string {
  let name = connector
  for (let number = 2; taken.has(name); number++) name = `${connector}_${number}`
  return name
}

/** The settings that stand in `config`: where the tables of a warehouse are is asked for apart, and so is the prefix. */
export function configSchemaOf({ isWarehouse, spec }: DestinationConnectorView): SettingSchema {
  const whole = spec as SettingSchema
  if (!isWarehouse) return whole
  const { schema: _, prefix: __, ...properties } = whole.properties ?? {}
  return { type: 'object', properties }
}

/** Settings of the destination that are needed and empty. */
export const missingOf = (value: DestinationValue, { isWarehouse, spec }: DestinationConnectorView): string[] => {
  if (!isWarehouse) return missingSettings(spec as SettingSchema, value.config)
  return schemaOf(value) === '' ? ['schema'] : []
}

/** Whether the server can be asked what comes of it: what is half written is no mistake yet. */
export function isAskable(made: Made, connector: DestinationConnectorView): boolean {
  const { looked, isFollowing, chosen, destination } = made
  if (!looked || missingOf(destination, connector).length > 0) return false
  const streams = looked.found.streams.filter(({ name }) => chosen[name])
  if (isFollowing) return true
  return (
    streams.length > 0 &&
    streams.every((stream) => lackOf(stream, chosen[stream.name] ?? stream.proposed) === undefined)
  )
}

/** Which setting of which stream an error is about. */
export interface StreamProblem {
  readonly stream: string
  readonly setting: string | undefined
  /** The place of a mapper. */
  readonly index: number | undefined
  readonly error: ApiError
}

export function streamProblem(error: ApiError | undefined): StreamProblem | undefined {
  const path = error?.data?.path
  if (!error || !Array.isArray(path) || path[0] !== 'streams' || typeof path[1] !== 'string') return undefined
  const [, stream, setting, index] = path as unknown[]
  return {
    stream: String(stream),
    setting: typeof setting === 'string' ? setting : undefined,
    index: typeof index === 'number' ? index : undefined,
    error,
  }
}
