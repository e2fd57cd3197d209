import { z } from 'zod'
import { isMapping } from '../../../base/index.js'
import {
  type AirbyteConfiguredConnection,
  type AirbyteConnectionState,
  type AirbyteSchedule,
  configuredConnectionAnswer,
} from '../../../extract-load/index.js'
import { platformErrors } from '../../errors.js'
import { type AirbyteActor, type AirbyteConnectionFacts, type AirbyteFacts, connectorType } from './airbyte-facts.js'
import { connectionNames } from './connection-names.js'

/** A connection with what its ends are known by within the export. */
export interface ExportedConnection {
  readonly connection: AirbyteConfiguredConnection
  readonly schedule: AirbyteSchedule
  /** Where it stands, for messages. */
  readonly file: string
}

/** What files say, before it is put together. */
export interface ExportParts {
  readonly sources: ReadonlyMap<string, AirbyteActor>
  readonly destinations: ReadonlyMap<string, AirbyteActor>
  readonly connections: readonly ExportedConnection[]
  /** By the connection. */
  readonly states: ReadonlyMap<string, AirbyteConnectionState>
  readonly notes: readonly string[]
}

/**
 * @param connections those that are taken along
 * @throws IMPORT_NOTHING_FOUND where an end of a connection is not among the files
 */
export function joinParts(
  { sources, destinations, connections: all, states, notes }: ExportParts,
  connections: readonly ExportedConnection[],
): AirbyteFacts {
  const names = connectionNames(all.map(({ connection }) => connection))
  const endOf = (
    all: ReadonlyMap<string, AirbyteActor>,
    what: string,
    id: string,
    { connection, file }: ExportedConnection,
  ) => {
    const found = all.get(id)
    if (found) return found
    throw platformErrors.create('IMPORT_NOTHING_FOUND', {
      message: `The ${what} ${id} of the connection ${connection.name} is not among the files.`,
      at: { file },
      hint: `Export the ${what}s as well: GET /api/public/v1/${what}s.`,
    })
  }
  return {
    notes,
    connections: connections.map((one): AirbyteConnectionFacts => {
      const { connection, schedule } = one
      return {
        name: names.get(connection.connectionId) ?? '',
        connection,
        schedule,
        source: endOf(sources, 'source', connection.sourceId, one),
        destination: endOf(destinations, 'destination', connection.destinationId, one),
        state: states.get(connection.connectionId),
      }
    }),
  }
}

const streamModes: Readonly<Record<string, readonly [string, string]>> = {
  full_refresh_overwrite: ['full_refresh', 'overwrite'],
  full_refresh_overwrite_deduped: ['full_refresh', 'overwrite_dedup'],
  full_refresh_append: ['full_refresh', 'append'],
  incremental_append: ['incremental', 'append'],
  incremental_deduped_history: ['incremental', 'append_dedup'],
}

const fieldPath = z.array(z.string())

const publicStream = z.object({
  name: z.string(),
  namespace: z.string().nullish(),
  syncMode: z.string().nullish(),
  cursorField: fieldPath.nullish(),
  primaryKey: z.array(fieldPath).nullish(),
  selectedFields: z.array(z.object({ fieldPath })).nullish(),
  mappers: z.array(z.looseObject({ type: z.string() })).nullish(),
  includeFiles: z.boolean().nullish(),
})

/** Streams of the public API, and of Terraform, as the configuration API has them. */
export function catalogOf(streams: unknown): { readonly streams: readonly unknown[] } {
  const read = z.array(publicStream).parse(streams ?? [])
  return {
    streams: read.map(({ name, namespace, syncMode, selectedFields, ...same }) => {
      const [sync, destination] = streamModes[syncMode ?? ''] ?? ['full_refresh', 'overwrite']
      return {
        stream: { name, namespace },
        config: {
          syncMode: sync,
          destinationSyncMode: destination,
          cursorField: same.cursorField,
          primaryKey: same.primaryKey,
          selected: true,
          fieldSelectionEnabled: (selectedFields?.length ?? 0) > 0,
          selectedFields,
          mappers: same.mappers,
          includeFiles: same.includeFiles,
        },
      }
    }),
  }
}

/** A connection as either API has it. @throws IMPORT_FILE_UNREADABLE */
export function connectionOf(value: Readonly<Record<string, unknown>>, file: string): ExportedConnection {
  const { configurations, syncCatalog, schedule } = value
  try {
    const streams = isMapping(configurations) ? configurations.streams : undefined
    const connection = configuredConnectionAnswer.parse({
      nonBreakingChangesPreference: value.nonBreakingSchemaUpdatesBehavior,
      status: 'active',
      ...value,
      syncCatalog: syncCatalog ?? catalogOf(streams),
    })
    return {
      connection,
      file,
      schedule: isMapping(schedule) && 'scheduleType' in schedule ? publicSchedule(schedule) : scheduleOf(connection),
    }
  } catch (thrown) {
    if (!(thrown instanceof z.ZodError)) throw thrown
    const [issue] = thrown.issues
    throw platformErrors.create('IMPORT_FILE_UNREADABLE', {
      message: `The connection ${String(value.name ?? '')} is not as Airbyte writes one: \`${issue?.path.join('.')}\`: ${issue?.message}.`,
      at: { file },
      hint: 'Export it anew: GET /api/public/v1/connections, or POST /api/v1/connections/get.',
    })
  }
}

const scheduleSchema = z.object({
  scheduleType: z.string(),
  cronExpression: z.string().nullish(),
  basicTiming: z.string().nullish(),
})

function publicSchedule(value: unknown): AirbyteSchedule {
  const { scheduleType, cronExpression, basicTiming } = scheduleSchema.parse(value)
  return { scheduleType, cronExpression: cronExpression ?? undefined, basicTiming: basicTiming ?? undefined }
}

/** As the configuration API says it. */
function scheduleOf({ scheduleType = 'manual', scheduleData }: AirbyteConfiguredConnection): AirbyteSchedule {
  const { basicSchedule: basic, cron } = scheduleData ?? {}
  return {
    scheduleType,
    cronExpression: cron && [cron.cronExpression, cron.cronTimeZone].filter(Boolean).join(' '),
    basicTiming: basic && `Every ${basic.units} ${basic.timeUnit}`,
  }
}

/** What its definition says of the program that a connector is. */
export interface ExportedProgram {
  readonly image?: string | undefined
  readonly language?: string | undefined
}

/** A source or destination as either API has it. */
export function actorOf(
  value: Readonly<Record<string, unknown>>,
  role: 'source' | 'destination',
  { image, language }: ExportedProgram = {},
): AirbyteActor {
  const config = value.configuration ?? value.connectionConfiguration
  const text = (...names: readonly string[]) =>
    names.map((name) => value[name]).find((one) => typeof one === 'string') as string | undefined
  const type = text(`${role}Type`, `${role}Name`)
  return {
    name: text('name') ?? type ?? role,
    type: connectorType(image ?? type ?? text('name') ?? ''),
    image,
    language,
    config: isMapping(config) ? config : {},
  }
}
