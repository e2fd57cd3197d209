import type {
  ConnectionChangeView,
  ConnectionSettingsView,
  DestinationConnectorView,
  DiscoveredDraft,
  SettingSchema,
  Settings,
} from '../../../../../src/server/contract/index.js'
import { completed, isSame, missingSettings } from '../../../design/forms/setting-schema.js'
import {
  configSchemaOf,
  draftOf,
  isAskable,
  type LookedInto,
  type Made,
  missingOf,
  namespaceWord,
  nothingMade,
  writtenSchedule,
} from '../../new-connection/made.js'
import { paceSchema } from './pace.js'

/** What a form begins with: the connection as its file has it. */
export function madeOf(name: string, settings: ConnectionSettingsView, destination: DestinationConnectorView): Made {
  const made = nothingMade(name, destination.name)
  const { schema = '', prefix = '', config = {}, cdcDeletes = 'hard' } = settings.destination
  const placing = schema === namespaceWord ? 'mirror' : schema.includes(namespaceWord) ? 'custom' : 'default'
  return {
    ...made,
    source: { ...made.source, config: settings.source.config as Settings },
    destination: {
      ...made.destination,
      config: config as Settings,
      placing,
      ...(placing === 'default' ? { schema } : {}),
      ...(placing === 'custom' ? { custom: schema } : {}),
      prefix,
    },
    isFollowing: settings.followsStreams,
    chosen: Object.fromEntries(settings.streams.map((stream) => [stream.name, stream])),
    schemaChanges:
      settings.followsStreams || settings.schemaChanges === undefined ? 'propagate_columns' : settings.schemaChanges,
    cdcDeletes,
    schedule: settings.schedule && { cron: settings.schedule.cron.join('; '), timezone: settings.schedule.timezone },
    pace: paceIn(settings),
  }
}

const paceIn = ({ retries, timeouts }: Pick<ConnectionSettingsView, 'retries' | 'timeouts'>): Settings => ({
  ...(retries ? { retries } : {}),
  ...(timeouts ? { timeouts } : {}),
})

/** What the source has, with each stream proposed as the file has it, and with those that the file names and the source has no more. */
export function foundWith(found: DiscoveredDraft, { streams }: ConnectionSettingsView): DiscoveredDraft {
  const written = new Map(streams.map((stream) => [stream.name, stream]))
  const known = found.streams.map((stream) => {
    const own = written.get(stream.name)
    return own ? { ...stream, proposed: own } : stream
  })
  return { ...found, streams: [...known, ...goneFrom(found, streams).map(goneStream)] }
}

export const goneFrom = (found: DiscoveredDraft, streams: ConnectionSettingsView['streams']) =>
  streams.filter(({ name }) => !found.streams.some((one) => one.name === name))

const goneStream = (stream: ConnectionSettingsView['streams'][number]): DiscoveredDraft['streams'][number] => ({
  name: stream.name,
  supportedSyncModes: ['full_refresh', 'incremental'],
  hasOwnCursor: true,
  isFileBased: false,
  fields: [],
  sourceKey: [],
  keyCandidates: [],
  cursorCandidates: [],
  proposed: stream,
})

interface Known {
  readonly settings: ConnectionSettingsView
  readonly destination: DestinationConnectorView
  /** The settings that the source takes; undefined as long as nobody asked. */
  readonly spec: SettingSchema | undefined
}

/** What differs from the file, as the server takes it. */
export function changeOf(made: Made, { settings, destination, spec }: Known): ConnectionChangeView {
  const former = madeOf(made.source.name, settings, destination)
  const [was, is] = [former, made].map((one) => draftOf(one, destination).destination) as [Place, Place]
  const place = {
    ...(isSame(made.destination.config, former.destination.config)
      ? {}
      : {
          config: completed(
            configSchemaOf(destination),
            made.destination.config,
            former.destination.config,
          ) as Settings,
        }),
    ...(was.schema === is.schema || is.schema === undefined ? {} : { schema: is.schema }),
    ...((was.prefix ?? '') === (is.prefix ?? '') ? {} : { prefix: is.prefix ?? '' }),
    ...(made.cdcDeletes === former.cdcDeletes ? {} : { cdcDeletes: made.cdcDeletes }),
  }
  const streams = made.isFollowing ? [] : inOrder(made.chosen, settings)
  const areStreamsSame = made.isFollowing
    ? former.isFollowing
    : !former.isFollowing && isSame(byName(streams), byName(settings.streams))
  const schemaChanges = made.isFollowing ? 'propagate_fully' : made.schemaChanges
  return {
    before: settings.hash,
    ...(isSame(made.source.config, former.source.config)
      ? {}
      : {
          source: {
            config: spec ? (completed(spec, made.source.config, former.source.config) as Settings) : made.source.config,
          },
        }),
    ...(Object.keys(place).length === 0 ? {} : { destination: place }),
    ...(areStreamsSame ? {} : { streams }),
    ...(schemaChanges === (settings.schemaChanges ?? 'propagate_columns') ? {} : { schemaChanges }),
    ...(isSame(made.schedule, former.schedule)
      ? {}
      : { schedule: made.schedule ? writtenSchedule(made.schedule) : null }),
    ...changedPace(made, settings),
  }
}

/** Each part as a whole; what was emptied is as usual again. */
function changedPace({ pace }: Made, settings: ConnectionSettingsView): Partial<ConnectionChangeView> {
  const is = completed(paceSchema, pace ?? {}, paceIn(settings)) as Partial<ConnectionChangeView>
  return Object.fromEntries(
    (['retries', 'timeouts'] as const)
      .filter((part) => !isSame(is[part] ?? {}, settings[part] ?? {}))
      .map((part) => [part, is[part] ?? {}]),
  )
}

type Place = ReturnType<typeof draftOf>['destination']

export const isChanged = ({ before: _, ...parts }: ConnectionChangeView): boolean => Object.keys(parts).length > 0

/** Whether the server can be asked what comes of it: what is half written is no mistake yet. */
export function isWhole(made: Made, { destination, spec }: Known, found: DiscoveredDraft | undefined): boolean {
  if (spec && missingSettings(spec, made.source.config).length > 0) return false
  if (missingOf(made.destination, destination).length > 0) return false
  if (!found) return made.isFollowing || Object.keys(made.chosen).length > 0
  const looked: LookedInto = { source: { connector: '', config: {} }, message: undefined, found }
  return isAskable({ ...made, looked }, destination)
}

/** Those of the file first, in its order. */
function inOrder(chosen: Made['chosen'], { streams }: ConnectionSettingsView) {
  const names = streams.map(({ name }) => name)
  return [...names, ...Object.keys(chosen).filter((name) => !names.includes(name))].flatMap(
    (name) => chosen[name] ?? [],
  )
}

const byName = (streams: ConnectionSettingsView['streams']) =>
  Object.fromEntries(streams.map((stream) => [stream.name, stream]))
