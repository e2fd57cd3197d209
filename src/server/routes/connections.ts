import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { mayActAs } from '../../access/index.js'
import { toMillraceError } from '../../base/index.js'
import {
  type AssetKey,
  type ConnectionSpec,
  type Definitions,
  type RunEvent,
  selectionOf,
} from '../../orchestrate/index.js'
import { onlyThere } from '../../platform/index.js'
import { actorOf, askedBy, noteFacts, noteMade, noteNothing } from '../access/index.js'
import {
  acceptRequestSchema,
  type ConnectionDetail,
  type ConnectionView,
  clearRequestSchema,
  parquetRequestSchema,
  queryRequestSchema,
  streamPreviewRequestSchema,
  syncRequestSchema,
} from '../contract/index.js'
import { serverErrors } from '../errors.js'
import { definitionsOf, type Services } from '../services.js'
import {
  connectionFacts,
  connectionView,
  downstreamCount,
  schemaChangesOf,
  syncsOf,
  waitingConnections,
} from '../views/connections.js'
import { streamFields } from '../views/discovered-streams.js'
import { runSummary } from '../views/runs.js'
import { streamPreviewView } from '../views/stream-preview.js'
import { jsonTable } from '../views/table.js'
import { notedEntries, readTimeline } from '../views/timeline.js'
import { connectionNotFound } from './connection-not-found.js'
import { notFound, readBody, sharedJson } from './request.js'

/** The assets of all streams of a connection, or of those that are named. @throws SERVER_NOT_FOUND for one that it does not have */
function chosenAssets({ streams }: ConnectionSpec, wanted: readonly string[] | undefined): AssetKey[] {
  const assetOf = new Map(streams.map(({ name, asset }) => [name, asset]))
  const hint = `Streams: ${[...assetOf.keys()].join(', ') || 'none'}.`
  const names = [...new Set(wanted ?? assetOf.keys())]
  if (names.length === 0) throw notFound('stream that was chosen', hint)
  return names.map((name) => {
    const asset = assetOf.get(name)
    if (asset === undefined) throw notFound(`stream \`${name}\``, hint)
    return asset
  })
}

const syncsShown = 30
const runsShown = 20
/** Of all streams of a connection together. */
const mostEvents = 3_000

export function connectionRoutes(services: Services): Hono {
  const { store, engine } = services
  const app = new Hono()
  const find = async (name: string) => {
    const definitions = await definitionsOf(services)
    const found = definitions.connections.find((one) => one.name === name)
    if (!found) throw connectionNotFound(definitions, name)
    return { definitions, connection: found }
  }

  const factsOf = async (definitions: Definitions) => {
    const [states, automations] = await Promise.all([services.states.of(definitions), store.automationStates()])
    return connectionFacts(definitions, states, automations, services.clock.now())
  }

  /** Runs that synced any of its streams, and those that are about to. Newest first. */
  const runsOf = async (connection: ConnectionSpec, { streams }: ConnectionView, events: readonly RunEvent[]) => {
    const [first] = connection.streams
    const latest = first ? await store.listRuns({ asset: first.asset, limit: runsShown }) : []
    const ids = [...events.map((event) => event.runId), ...streams.flatMap((stream) => stream.inProgressRunId ?? [])]
    const missing = [...new Set(ids)]
      .filter((id) => !latest.some((run) => run.id === id))
      .sort()
      .slice(-runsShown)
    const others = await Promise.all(missing.map((id) => store.getRun(id)))
    return [...latest, ...others.filter((run) => run !== undefined)]
      .sort((a, b) => (a.id > b.id ? -1 : 1))
      .slice(0, runsShown)
  }

  const readConnections = async () => {
    const definitions = await definitionsOf(services)
    const facts = await factsOf(definitions)
    return {
      connections: definitions.connections.map((one) => connectionView(one, facts)),
      waiting: waitingConnections(definitions),
    }
  }
  app.get('/connections', sharedJson(readConnections))

  /** The rest of the page does not depend on the engine, nor on the warehouse. */
  const readStates = (name: string): Promise<Pick<ConnectionDetail, 'states' | 'statesError'>> =>
    engine.connectionStates(name).then(
      (states) => ({ states: states.map((state) => ({ ...state })) }),
      (thrown: unknown) => ({ states: [], statesError: toMillraceError(thrown).toJSON() }),
    )

  app.get('/connections/:name', async (c) => {
    const { definitions, connection } = await find(c.req.param('name'))
    const [facts, committed, events] = await Promise.all([
      factsOf(definitions),
      readStates(connection.name),
      store.readEvents({
        assets: connection.streams.map((stream) => stream.asset),
        types: ['asset_materialized', 'asset_failed'],
        newestFirst: true,
        limit: Math.min(mostEvents, syncsShown * connection.streams.length),
      }),
    ])
    const view = connectionView(connection, facts)
    const runs = await runsOf(connection, view, events)
    const detail: ConnectionDetail = {
      ...view,
      yaml: connection.yaml,
      ...committed,
      syncs: syncsOf(connection, events, runs, syncsShown),
      schemaChanges: schemaChangesOf(connection, events),
      downstream: downstreamCount(definitions, connection),
      runs: runs.map(runSummary),
    }
    return c.json(detail)
  })

  app.get('/connections/:name/timeline', async (c) => {
    const name = c.req.param('name')
    const before = c.req.query('before') || undefined
    const { connections } = await definitionsOf(services)
    const connection = connections.find((one) => one.name === name)
    // One that is gone has what happened to it.
    if (!connection && before === undefined) {
      const entries = notedEntries(await store.connectionEvents({ connection: name }))
      if (entries.length > 0) return c.json({ entries })
    }
    return c.json(await readTimeline(store, connection ?? (await find(name)).connection, before))
  })

  app.post('/connections/:name/sync', async (c) => {
    const { connection } = await find(c.req.param('name'))
    const { streams, fullRefresh } = await readBody(c, syncRequestSchema)
    if (connection.remote && fullRefresh) throw onlyThere(connection.name, connection.remote, 'loaded from the start')
    const assets = chosenAssets(connection, streams)
    noteFacts(c, [streams?.join(', '), fullRefresh && 'full refresh'].filter(Boolean).join('; '))
    const { run } = await store.requestRun({
      selection: selectionOf(assets),
      trigger: { type: 'manual', name: askedBy(c) },
      fullRefresh,
    })
    noteMade(c, `run ${run.id}`)
    return c.json({ runId: run.id })
  })

  app.post('/connections/:name/clear', async (c) => {
    const { connection } = await find(c.req.param('name'))
    const { streams } = await readBody(c, clearRequestSchema)
    if (connection.remote) throw onlyThere(connection.name, connection.remote, 'cleared')
    const assets = chosenAssets(connection, streams)
    noteFacts(c, (streams ?? connection.streams.map(({ name }) => name)).join(', '))
    const { run } = await store.requestRun({
      selection: selectionOf(assets),
      trigger: { type: 'manual', name: askedBy(c) },
      clearData: true,
    })
    noteMade(c, `run ${run.id}`)
    return c.json({ runId: run.id })
  })

  app.post('/connections/:name/accept', async (c) => {
    const { connection } = await find(c.req.param('name'))
    const { streams } = await readBody(c, acceptRequestSchema)
    return c.json({ streams: [...(await engine.acceptSchema(connection.name, streams, 'web'))] })
  })

  app.post('/connections/:name/check', async (c) =>
    c.json(await engine.checkConnection((await find(c.req.param('name'))).connection.name)),
  )

  app.get('/connections/:name/discover', async (c) => {
    const streams = await engine.discoverConnection((await find(c.req.param('name'))).connection.name)
    return c.json({
      streams: streams.map((stream) => ({
        name: stream.name,
        supportedSyncModes: [...stream.supportedSyncModes],
        defaultCursorField: [...stream.defaultCursorField],
        primaryKey: stream.sourceDefinedPrimaryKey.map((path) => [...path]),
        fields: streamFields(stream),
        changes: (stream.changes ?? []).map((change) => ({ ...change })),
      })),
    })
  })

  app.post('/connections/:name/preview', async (c) => {
    const { stream, fromStart } = await readBody(c, streamPreviewRequestSchema)
    const { name } = (await find(c.req.param('name'))).connection
    const preview = await engine.previewStream({ connection: name, stream, fromStart }, { signal: c.req.raw.signal })
    return c.json(streamPreviewView(preview))
  })

  app.post('/query', async (c) => {
    const request = await readBody(c, queryRequestSchema)
    // What only reads changes nothing; each visit of the Query page asks what there is.
    if (!request.allowWrite) noteNothing(c)
    else {
      noteFacts(c, 'may write')
      if (!mayActAs(actorOf(c).role, 'admin'))
        throw serverErrors.create('SERVER_ROLE', {
          message: 'A query that may write needs the role admin.',
          hint: 'Leave allowWrite out: then the query reads.',
        })
    }
    return c.json(
      jsonTable(
        await engine.query({
          sql: request.sql,
          limit: request.limit ?? 1000,
          allowWrite: request.allowWrite ?? false,
          tablesOnly: !mayActAs(actorOf(c).role, 'admin'),
          signal: c.req.raw.signal,
        }),
      ),
    )
  })

  app.post('/query/parquet', async (c) => {
    const { sql } = await readBody(c, parquetRequestSchema)
    const file = await engine.exportParquet({
      sql,
      tablesOnly: !mayActAs(actorOf(c).role, 'admin'),
      signal: c.req.raw.signal,
    })
    const { size } = await stat(file)
    const rows = createReadStream(file)
    // Who leaves in the middle leaves no file behind either.
    rows.once('close', () => void rm(file, { force: true }))
    return c.body(Readable.toWeb(rows) as ReadableStream, 200, {
      'content-type': 'application/vnd.apache.parquet',
      'content-length': String(size),
      'content-disposition': 'attachment; filename="query.parquet"',
    })
  })
  return app
}
