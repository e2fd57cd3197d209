import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'
import { redact } from '../../base/index.js'
import { type ConnectionSpec, type Definitions, nextTicks } from '../../orchestrate/index.js'
import { type ConnectionView, queryRequestSchema, syncRequestSchema } from '../contract/index.js'
import { definitionsOf, type Services } from '../services.js'
import { type AssetStates, assetSummary, readStates, worstHealth } from '../views/assets.js'
import { runSummary } from '../views/runs.js'
import { jsonTable } from '../views/table.js'
import { notFound, readBody } from './request.js'

export function connectionRoutes(services: Services): Hono {
  const { store, engine, project } = services
  const app = new Hono()
  const find = async (name: string) => {
    const definitions = await definitionsOf(services)
    const found = definitions.connections.find((one) => one.name === name)
    if (!found)
      throw notFound(
        `connection \`${name}\``,
        `Connections: ${definitions.connections.map((one) => one.name).join(', ') || 'none'}.`,
      )
    return { definitions, connection: found }
  }

  app.get('/connections', async (c) => {
    const definitions = await definitionsOf(services)
    const states = await readStates(store)
    return c.json({ connections: definitions.connections.map((one) => view(definitions, one, states)) })
  })

  app.get('/connections/:name', async (c) => {
    const { definitions, connection } = await find(c.req.param('name'))
    const [states, yaml, committed, runs] = await Promise.all([
      readStates(store),
      readFile(join(project.dir, connection.file), 'utf8').catch(() => ''),
      engine.connectionStates(connection.name).catch(() => []),
      connection.streams[0] ? store.listRuns({ asset: connection.streams[0].asset, limit: 20 }) : [],
    ])
    return c.json({
      ...view(definitions, connection, states),
      yaml: redact(yaml),
      states: committed,
      runs: runs.map(runSummary),
    })
  })

  app.post('/connections/:name/sync', async (c) => {
    const { connection } = await find(c.req.param('name'))
    const { streams, fullRefresh } = await readBody(c, syncRequestSchema)
    const chosen = connection.streams.filter((stream) => !streams || streams.includes(stream.name))
    if (chosen.length === 0)
      throw notFound('stream of that name', `Streams: ${connection.streams.map((stream) => stream.name).join(', ')}.`)
    const { run } = await store.requestRun({
      selection: chosen.map((stream) => stream.asset).join(' '),
      trigger: { type: 'manual', name: 'web' },
      fullRefresh,
    })
    return c.json({ runId: run.id })
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
        fields: Object.entries(
          (stream.jsonSchema.properties ?? {}) as Record<string, { type?: unknown; format?: string }>,
        ).map(([path, schema]) => ({
          path,
          type: [...[schema.type].flat().filter((type) => type !== 'null'), schema.format]
            .filter((part) => part)
            .join(' '),
        })),
      })),
    })
  })

  app.post('/query', async (c) => {
    const request = await readBody(c, queryRequestSchema)
    return c.json(
      jsonTable(
        await engine.query({
          sql: request.sql,
          limit: request.limit ?? 1000,
          allowWrite: request.allowWrite ?? false,
          signal: c.req.raw.signal,
        }),
      ),
    )
  })
  return app
}

function view(definitions: Definitions, connection: ConnectionSpec, states: AssetStates): ConnectionView {
  const streams = connection.streams.map((stream): ConnectionView['streams'][number] => {
    const asset = definitions.assets.find((one) => one.key === stream.asset)
    const summary = asset && assetSummary(definitions, asset, states)
    const state = states.assets.get(stream.asset)
    return {
      name: stream.name,
      asset: stream.asset,
      syncMode: stream.syncMode,
      destinationSyncMode: stream.destinationSyncMode,
      ...(stream.cursorField ? { cursorField: [...stream.cursorField] } : {}),
      ...(stream.primaryKey ? { primaryKey: stream.primaryKey.map((path) => [...path]) } : {}),
      health: summary?.health ?? 'never',
      ...(state?.lastMaterializedAt ? { lastSyncAt: state.lastMaterializedAt } : {}),
      ...(state?.lastMetadata ? { lastMetadata: { ...state.lastMetadata } } : {}),
      ...(summary?.rows === undefined ? {} : { rows: summary.rows }),
      ...(state?.lastError ? { lastError: state.lastError } : {}),
      ...(summary?.inProgressRunId ? { inProgressRunId: summary.inProgressRunId } : {}),
    }
  })
  const last = streams
    .map((stream) => stream.lastSyncAt)
    .filter((at) => at !== undefined)
    .sort()
    .at(-1)
  const next =
    connection.schedule && nextTicks(connection.schedule.cron, connection.schedule.timezone, new Date(), 1)[0]
  return {
    name: connection.name,
    file: connection.file,
    sourceConnector: connection.sourceConnector,
    destinationConnector: connection.destinationConnector,
    destinationSchema: connection.destinationSchema,
    ...(connection.schedule
      ? { schedule: { ...connection.schedule, ...(next ? { nextAt: next.toISOString() } : {}) } }
      : {}),
    ...(last === undefined ? {} : { lastSyncAt: last }),
    health: worstHealth(streams.map((stream) => stream.health)),
    streams,
  }
}
