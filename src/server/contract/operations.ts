import { z } from 'zod'
import {
  assetDetailSchema,
  assetPartitionsSchema,
  assetsSchema,
  materializeRequestSchema,
  materializeResponseSchema,
  partitionDetailSchema,
} from './assets.js'
import {
  assetConditionsSchema,
  automationChangeSchema,
  automationsSchema,
  testTickSchema,
  ticksSchema,
} from './automation.js'
import { backfillRequestSchema, backfillResponseSchema, backfillSchema, backfillsSchema } from './backfills.js'
import {
  connectionDraftSchema,
  connectionFileSchema,
  connectorsSchema,
  discoveredDraftSchema,
  sourceSchema,
  sourceSpecSchema,
} from './connection-drafts.js'
import {
  acceptRequestSchema,
  acceptResponseSchema,
  clearRequestSchema,
  connectionCheckSchema,
  connectionDetailSchema,
  connectionsSchema,
  discoverSchema,
  parquetRequestSchema,
  queryRequestSchema,
  queryResponseSchema,
  syncRequestSchema,
  syncResponseSchema,
  timelineSchema,
} from './connections.js'
import { deploymentSchema } from './deployment.js'
import { assetFieldsSchema, fieldTraceSchema } from './lineage.js'
import { modelDetailSchema, modelsSchema } from './models.js'
import { healthSchema, liveEventSchema, overviewSchema } from './overview.js'
import {
  rerunRequestSchema,
  rerunResponseSchema,
  runDetailSchema,
  runEventsSchema,
  runSummarySchema,
  runsSchema,
} from './runs.js'
import { searchSchema } from './search.js'
import { tableSchema } from './shared.js'

/** One call of the API. Parameters in the path are written `{name}`. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put'
  readonly path: string
  readonly group: 'Overview' | 'Assets' | 'Runs' | 'Connections' | 'Automation' | 'Models' | 'Query'
  readonly summary: string
  /** Query parameters with what they mean. */
  readonly query?: Readonly<Record<string, string>>
  readonly request?: z.ZodType
  readonly response: z.ZodType
  /** Answers server-sent events, each with `response` as JSON. */
  readonly isStream?: boolean
}

const paging = { limit: 'At most this many', before: 'Older than the one with this id' }

/** Every call, in the order of /api/docs. A test holds it against the routes. */
export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/overview',
    group: 'Overview',
    summary: 'Health, runs of the past day, what comes next',
    response: overviewSchema,
  },
  {
    method: 'get',
    path: '/deployment',
    group: 'Overview',
    summary: 'What runs, what waits and why, pools with their places, limits',
    response: deploymentSchema,
  },
  {
    method: 'get',
    path: '/health',
    group: 'Overview',
    summary: 'Whether server, engine and daemon work',
    response: healthSchema,
  },
  {
    method: 'get',
    path: '/events',
    group: 'Overview',
    summary: 'What changes, as it changes',
    response: liveEventSchema,
    isStream: true,
  },
  {
    method: 'get',
    path: '/search',
    group: 'Overview',
    summary: 'Finds assets, columns, connections, schedules, sensors and runs',
    query: { q: 'Words that all must occur', limit: 'At most this many' },
    response: searchSchema,
  },
  {
    method: 'get',
    path: '/assets',
    group: 'Assets',
    summary: 'The whole graph: assets with what they need',
    response: assetsSchema,
  },
  {
    method: 'get',
    path: '/assets/{key}',
    group: 'Assets',
    summary: 'One asset; the key is one path segment, URL-encoded',
    response: assetDetailSchema,
  },
  {
    method: 'get',
    path: '/assets/{key}/conditions',
    group: 'Assets',
    summary: 'Its automation condition as it was evaluated, part by part: why it was, or was not, requested',
    response: assetConditionsSchema,
  },
  {
    method: 'get',
    path: '/assets/{key}/partitions',
    group: 'Assets',
    summary: 'Its partitions: which were made, failed, are being made, are missing',
    response: assetPartitionsSchema,
  },
  {
    method: 'get',
    path: '/assets/{key}/partitions/{partition}',
    group: 'Assets',
    summary: 'One of them, with what happened to it',
    response: partitionDetailSchema,
  },
  {
    method: 'get',
    path: '/backfills',
    group: 'Runs',
    summary: 'Backfills, newest first',
    query: { limit: 'How many, at most 500' },
    response: backfillsSchema,
  },
  {
    method: 'get',
    path: '/backfills/{id}',
    group: 'Runs',
    summary: 'One backfill and how its runs stand',
    response: backfillSchema,
  },
  {
    method: 'post',
    path: '/backfills',
    group: 'Runs',
    summary: 'Makes partitions in as many runs as they take; with dryRun only says what it would do',
    request: backfillRequestSchema,
    response: backfillResponseSchema,
  },
  {
    method: 'post',
    path: '/backfills/{id}/cancel',
    group: 'Runs',
    summary: 'Requests no more of its runs, and asks those that go on to stop',
    response: backfillSchema,
  },
  {
    method: 'get',
    path: '/assets/{key}/sample',
    group: 'Assets',
    summary: 'Some of its rows',
    query: { limit: 'Rows, at most 500' },
    response: tableSchema,
  },
  {
    method: 'get',
    path: '/assets/{key}/fields',
    group: 'Assets',
    summary: 'Its columns: what each is made of, and what is made of it',
    response: assetFieldsSchema,
  },
  {
    method: 'get',
    path: '/assets/{key}/fields/{column}',
    group: 'Assets',
    summary: 'One column followed from its source to the marts',
    query: { direction: 'up, down or both' },
    response: fieldTraceSchema,
  },
  {
    method: 'post',
    path: '/materialize',
    group: 'Assets',
    summary: 'Brings assets up to date; with dryRun only says what would run',
    request: materializeRequestSchema,
    response: materializeResponseSchema,
  },
  {
    method: 'get',
    path: '/runs',
    group: 'Runs',
    summary: 'Runs, newest first',
    query: {
      status: 'Statuses, separated by commas',
      asset: 'Runs that touch this asset',
      trigger: 'cli, manual, schedule, sensor, rerun or start',
      ...paging,
    },
    response: runsSchema,
  },
  { method: 'get', path: '/runs/{id}', group: 'Runs', summary: 'One run with its steps', response: runDetailSchema },
  {
    method: 'get',
    path: '/runs/{id}/events',
    group: 'Runs',
    summary: 'Its log, oldest first',
    query: { after: 'Events after the one with this id', limit: 'At most this many' },
    response: runEventsSchema,
  },
  { method: 'post', path: '/runs/{id}/cancel', group: 'Runs', summary: 'Stops it', response: runSummarySchema },
  {
    method: 'post',
    path: '/runs/{id}/rerun',
    group: 'Runs',
    summary: 'Runs it again: all of it, what did not succeed, or some steps',
    request: rerunRequestSchema,
    response: rerunResponseSchema,
  },
  {
    method: 'get',
    path: '/connectors',
    group: 'Connections',
    summary:
      'Where data can come from and go, with the JSON Schema of the settings, and whether connections may be made here',
    response: connectorsSchema,
  },
  {
    method: 'post',
    path: '/connectors/spec',
    group: 'Connections',
    summary: 'The settings of a source; an Airbyte connector that the config names is asked for its own',
    request: sourceSchema,
    response: sourceSpecSchema,
  },
  {
    method: 'post',
    path: '/connection-drafts/check',
    group: 'Connections',
    summary: 'Whether the source of a connection that is not a file yet can be read',
    request: connectionDraftSchema,
    response: connectionCheckSchema,
  },
  {
    method: 'post',
    path: '/connection-drafts/check-destination',
    group: 'Connections',
    summary: 'Whether its destination can be written to; in the warehouse, whether tables can be made in its schemas',
    request: connectionDraftSchema,
    response: connectionCheckSchema,
  },
  {
    method: 'post',
    path: '/connection-drafts/discover',
    group: 'Connections',
    summary: 'Its streams, with types, keys, cursors, first rows and the modes that are proposed',
    request: connectionDraftSchema,
    response: discoveredDraftSchema,
  },
  {
    method: 'post',
    path: '/connection-drafts/preview',
    group: 'Connections',
    summary: 'The file that it would be; secrets become variables of the environment',
    request: connectionDraftSchema,
    response: connectionFileSchema,
  },
  {
    method: 'post',
    path: '/connections',
    group: 'Connections',
    summary: 'Writes the file of a new connection; an existing one is never overwritten',
    request: connectionDraftSchema,
    response: connectionFileSchema,
  },
  {
    method: 'get',
    path: '/connections',
    group: 'Connections',
    summary: 'Connections with their streams',
    response: connectionsSchema,
  },
  {
    method: 'get',
    path: '/connections/{name}',
    group: 'Connections',
    summary: 'One connection with its state, YAML and runs',
    response: connectionDetailSchema,
  },
  {
    method: 'get',
    path: '/connections/{name}/timeline',
    group: 'Connections',
    summary:
      'What happened to it: syncs with their attempts, what was cleared, changes of its settings, its schedule and its source',
    query: { before: 'What is older: `next` of the answer before' },
    response: timelineSchema,
  },
  {
    method: 'post',
    path: '/connections/{name}/sync',
    group: 'Connections',
    summary: 'Syncs all of its streams, or some',
    request: syncRequestSchema,
    response: syncResponseSchema,
  },
  {
    method: 'post',
    path: '/connections/{name}/clear',
    group: 'Connections',
    summary: 'Empties the tables of all of its streams, or of some; the next sync loads everything again',
    request: clearRequestSchema,
    response: syncResponseSchema,
  },
  {
    method: 'post',
    path: '/connections/{name}/accept',
    group: 'Connections',
    summary: 'Lets the next sync of its streams, or of some, take their fields as the source has them then',
    request: acceptRequestSchema,
    response: acceptResponseSchema,
  },
  {
    method: 'post',
    path: '/connections/{name}/check',
    group: 'Connections',
    summary: 'Whether the source can be read',
    response: connectionCheckSchema,
  },
  {
    method: 'get',
    path: '/connections/{name}/discover',
    group: 'Connections',
    summary: 'What streams the source has',
    response: discoverSchema,
  },
  {
    method: 'get',
    path: '/automation',
    group: 'Automation',
    summary: 'Schedules and sensors with their latest ticks',
    response: automationsSchema,
  },
  {
    method: 'get',
    path: '/automation/{name}/ticks',
    group: 'Automation',
    summary: 'Older ticks',
    query: paging,
    response: ticksSchema,
  },
  {
    method: 'put',
    path: '/automation/{name}',
    group: 'Automation',
    summary: 'Switches it on or off',
    request: automationChangeSchema,
    response: automationChangeSchema,
  },
  {
    method: 'post',
    path: '/automation/{name}/test',
    group: 'Automation',
    summary: 'Evaluates it without requesting anything',
    response: testTickSchema,
  },
  {
    method: 'get',
    path: '/models',
    group: 'Models',
    summary: 'Every resource of the dbt project',
    response: modelsSchema,
  },
  {
    method: 'get',
    path: '/models/{id}',
    group: 'Models',
    summary: 'One of them: code, compiled code, columns, tests, what it uses and what uses it',
    response: modelDetailSchema,
  },
  {
    method: 'post',
    path: '/query',
    group: 'Query',
    summary: 'SQL on the warehouse; read-only unless allowWrite',
    request: queryRequestSchema,
    response: queryResponseSchema,
  },
  {
    method: 'post',
    path: '/query/parquet',
    group: 'Query',
    summary: 'All rows of a reading query as a Parquet file (application/vnd.apache.parquet)',
    request: parquetRequestSchema,
    response: z.unknown(),
  },
]
