import { isMapping } from '../../../base/index.js'
import type {
  AirbyteConfiguredConnection,
  AirbyteConnectionState,
  AirbyteStreamState,
  ConfiguredStream,
  ReadUpTo,
} from '../../../extract-load/index.js'
import { jsonMembers, sharedStream } from '../../../extract-load/index.js'

type CatalogStream = AirbyteConfiguredConnection['syncCatalog']['streams'][number]

/** A stream of the connection, with what Airbyte says of it. */
export interface ImportedStream {
  readonly stream: ConfiguredStream
  readonly catalog: CatalogStream
}

export interface TranslatedStates {
  readonly states: readonly ReadUpTo[]
  /** Why states cannot be gone on from, as sentences. */
  readonly refusals: readonly string[]
  /** What is worth knowing. */
  readonly notes: readonly string[]
}

interface StateOptions {
  readonly streams: readonly ImportedStream[]
  readonly state: AirbyteConnectionState
  /** Of our own; undefined: Airbyte's own connector goes on with its own states. */
  readonly native: string | undefined
  /** A manifest goes on: it knows the state of each stream by itself. */
  readonly isManifest?: boolean | undefined
}

/** How far Airbyte has read each stream, in the words of whoever goes on. */
export function translateStates({ streams, state: told, native, isManifest }: StateOptions): TranslatedStates {
  const state = isManifest ? byStream(told) : told
  // Without a state a table that is added to is gone on with all the same: nobody else writes it.
  const unread = streams
    .filter(({ stream }) => stream.syncMode === 'full_refresh' && !stream.destinationSyncMode.startsWith('overwrite'))
    .map((one) => upTo(one, undefined))
  const incremental = streams.filter(({ stream }) => stream.syncMode === 'incremental')
  if (incremental.length === 0 || state.type === 'not_set')
    return { states: unread, refusals: [], notes: neverRead(incremental) }
  const found = native === undefined ? ownStates(incremental, state) : nativeStates(incremental, state, native)
  return { ...found, states: [...unread, ...found.states] }
}

/** The oldest form has the states of all streams by their names. */
function byStream(state: AirbyteConnectionState): AirbyteConnectionState {
  if (state.type === 'global') return { ...state, type: 'stream' }
  if (state.type !== 'legacy') return state
  const members = jsonMembers(state.legacy ?? '') ?? new Map<string, string>()
  return { type: 'stream', streams: [...members].map(([name, own]) => ({ name, state: own })) }
}

const upTo = ({ stream, catalog }: ImportedStream, state: string | undefined): ReadUpTo => ({
  stream: stream.name,
  state,
  generationId: catalog.config.generationId ?? 0,
})

const neverRead = (streams: readonly ImportedStream[]) =>
  streams.map(({ stream }) => `\`${stream.name}\` was never read: its first sync here reads it from the beginning`)

const descriptorOf = ({ name, namespace }: AirbyteStreamState) =>
  JSON.stringify({ name, ...(namespace === undefined ? {} : { namespace }) })

const stateOf = ({ catalog: { stream } }: ImportedStream, { streams }: AirbyteConnectionState) =>
  streams.find(({ name, namespace }) => name === stream.name && (namespace ?? '') === (stream.namespace ?? ''))

/** As Airbyte's own connector is given them: messages of the protocol, to the letter. */
function ownStates(streams: readonly ImportedStream[], state: AirbyteConnectionState): TranslatedStates {
  if (state.type === 'stream') {
    const found = streams.map((one) => {
      const own = stateOf(one, state)
      if (own?.state === undefined) return undefined
      return upTo(
        one,
        `{"type":"STREAM","stream":{"stream_descriptor":${descriptorOf(own)},"stream_state":${own.state}}}`,
      )
    })
    return {
      states: found.filter((one) => one !== undefined),
      refusals: [],
      notes: neverRead(streams.filter((_, i) => found[i] === undefined)),
    }
  }
  const shared = state.type === 'global' ? globalState(state) : `{"type":"LEGACY","data":${state.legacy ?? '{}'}}`
  const isKnown = (one: ImportedStream) => state.type === 'legacy' || stateOf(one, state)?.state !== undefined
  return {
    states: [
      ...streams.filter(isKnown).map((one) => upTo(one, undefined)),
      { stream: sharedStream, state: shared, generationId: 0 },
    ],
    refusals: [],
    notes: neverRead(streams.filter((one) => !isKnown(one))),
  }
}

function globalState({ shared, streams }: AirbyteConnectionState): string {
  const parts = streams.map((one) => `{"stream_descriptor":${descriptorOf(one)},"stream_state":${one.state ?? 'null'}}`)
  const sharedPart = shared === undefined ? '' : `"shared_state":${shared},`
  return `{"type":"GLOBAL","global":{${sharedPart}"stream_states":[${parts.join(',')}]}}`
}

/** As our own connectors write them. */
function nativeStates(
  streams: readonly ImportedStream[],
  state: AirbyteConnectionState,
  native: string,
): TranslatedStates {
  if (state.type !== 'stream')
    return {
      states: [],
      refusals: [
        state.type === 'global'
          ? `its place in the log of the database is Airbyte's own (CDC): the connector \`${native}\` cannot go on from there`
          : `its states are of an old form (legacy) that the connector \`${native}\` does not know`,
      ],
      notes: [],
    }
  const states: ReadUpTo[] = []
  const refusals: string[] = []
  const unread: ImportedStream[] = []
  for (const one of streams) {
    const own = stateOf(one, state)?.state
    if (own === undefined) {
      unread.push(one)
      continue
    }
    const translated = native === 'faker' ? { state: own } : cursorState(one, own)
    if ('refusal' in translated) refusals.push(`\`${one.stream.name}\`: ${translated.refusal}`)
    else states.push(upTo(one, translated.state))
  }
  return { states, refusals, notes: neverRead(unread) }
}

type CursorState = { readonly state: string } | { readonly refusal: string }

/** Where Airbyte's readers of databases are in a table: after the highest value of a column. */
function cursorState({ stream, catalog }: ImportedStream, text: string): CursorState {
  const given: unknown = JSON.parse(text)
  const { state_type: type = 'cursor_based', cursor_field: field, cursor } = isMapping(given) ? given : {}
  if (type !== 'cursor_based')
    return { refusal: `its state is one of ${String(type)}, which only Airbyte's connector goes on from` }
  const column = Array.isArray(field) ? field.join('.') : String(field ?? '')
  if (column === '' || (typeof cursor !== 'string' && typeof cursor !== 'number'))
    return { refusal: 'its state has no cursor with a value' }
  if (column !== stream.cursorField?.join('.'))
    return {
      refusal: `its state is of the cursor \`${column}\`, and the connection has \`${stream.cursorField?.join('.') ?? 'none'}\``,
    }
  // To the last digit: as a number it may have been rounded.
  const value =
    typeof cursor === 'number' ? (/"cursor"\s*:\s*(-?[\d.eE+-]+)/.exec(text)?.[1] ?? String(cursor)) : cursor
  const printed = printedValue(value, propertyOf(catalog, column), stream)
  if (printed === undefined)
    return { refusal: `nobody told whether \`${column}\` holds times or texts, and rows are only added` }
  return { state: JSON.stringify({ cursor_field: column, cursor: printed }) }
}

function propertyOf({ stream }: CatalogStream, column: string): Readonly<Record<string, unknown>> | undefined {
  const properties = stream.jsonSchema?.properties
  const property = isMapping(properties) ? properties[column] : undefined
  return isMapping(property) ? property : undefined
}

const isoTime = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)?$/

/** A time as the warehouse prints it, where the column holds times; undefined where that cannot be known and matters. */
function printedValue(
  value: string,
  property: Readonly<Record<string, unknown>> | undefined,
  { destinationSyncMode }: ConfiguredStream,
): string | undefined {
  const time = isoTime.exec(value)
  if (!time) return value
  if (property) {
    const isTime = property.format === 'date-time' || String(property.airbyte_type ?? '').startsWith('timestamp')
    return isTime ? printedTime(time) : value
  }
  // With a key a row that comes again takes its own place.
  return destinationSyncMode === 'append' ? undefined : printedTime(time)
}

/** `2024-01-31 10:00:00.5`, with `+00` where it had an offset. Its digits stay. */
function printedTime([, day = '', clock = '', fraction = '', offset]: RegExpExecArray): string {
  const digits = fraction.replace(/\.?0+$/, '')
  const seconds = clock.length === 5 ? `${clock}:00` : clock
  if (offset === undefined) return `${day} ${seconds}${digits}`
  const at = new Date(
    `${day}T${seconds}${offset.replace(/^([+-]\d\d):?(\d\d)?$/, (_, hours: string, minutes = '00') => `${hours}:${minutes}`)}`,
  )
  return `${at.toISOString().slice(0, 19).replace('T', ' ')}${digits}+00`
}
