import { type Context, Hono } from 'hono'
import type { Engine } from '../../platform/index.js'
import { actorOf, noteFacts, noteNothing, refuseEdits } from '../access/index.js'
import {
  type AddedConnectorView,
  addConnectorSchema,
  type ConnectorManifest,
  type ConnectorProblem,
  type ConnectorProblems,
  checkManifestSchema,
  type DraftedManifest,
  manifestChangeSchema,
  manifestWithSchemaRequestSchema,
  testManifestSchema,
} from '../contract/index.js'
import type { Services } from '../services.js'
import { streamPreviewView } from '../views/stream-preview.js'
import { readBody } from './request.js'

/** Connectors that are manifests of the project: added, edited, tried, taken out. */
export function connectorRoutes(services: Services): Hono {
  const { engine } = services
  const app = new Hono()
  const nameIn = (c: Context) => c.req.param('name') ?? ''
  /** Secrets may stand in a manifest: whoever may not edit it is told nothing that does. */
  const shownTo = (c: Context) => ({ showsText: services.canEditConnections(actorOf(c)) })

  const withUsers = async (
    manifest: Awaited<ReturnType<Engine['connectorManifest']>>,
    name: string,
  ): Promise<ConnectorManifest> => {
    const { files, sources } = await engine.connectorUsers(name)
    return { ...manifest, usedBy: [...files, ...sources.map((source) => `the source ${source} of Airbyte's API`)] }
  }

  app.get('/connectors/problems', async (c) =>
    c.json({
      problems: [...(await engine.connectorProblems(shownTo(c), { signal: c.req.raw.signal }))],
    } satisfies ConnectorProblems),
  )

  app.get('/connectors/:name/problem', async (c) =>
    c.json((await engine.connectorProblem({ name: nameIn(c), ...shownTo(c) })) satisfies ConnectorProblem),
  )

  app.post('/connectors', async (c) => {
    refuseEdits(services, c)
    const request = await readBody(c, addConnectorSchema)
    noteFacts(c, request.name ?? '')
    const added = await engine.addConnector(request, { signal: c.req.raw.signal })
    noteFacts(c, added.name)
    return c.json({ name: added.name, warnings: [...added.warnings] } satisfies AddedConnectorView)
  })

  app.get('/connectors/:name/manifest', async (c) => {
    refuseEdits(services, c)
    return c.json(await withUsers(await engine.connectorManifest(nameIn(c)), nameIn(c)))
  })

  app.get('/connectors/:name/manifest-hash', async (c) => {
    refuseEdits(services, c)
    return c.json(await engine.connectorManifestHash(nameIn(c)))
  })

  app.put('/connectors/:name/manifest', async (c) => {
    refuseEdits(services, c)
    const change = await readBody(c, manifestChangeSchema)
    const { warnings: _, ...manifest } = await engine.changeConnector({ name: nameIn(c), ...change })
    return c.json(await withUsers(manifest, nameIn(c)))
  })

  app.delete('/connectors/:name', async (c) => {
    refuseEdits(services, c)
    return c.json(await engine.removeConnector(nameIn(c)))
  })

  app.post('/connectors/:name/check-manifest', async (c) => {
    refuseEdits(services, c)
    noteNothing(c)
    const { yaml } = await readBody(c, checkManifestSchema)
    const found = await engine.checkManifest({ connector: nameIn(c), yaml }, { signal: c.req.raw.signal })
    return c.json({
      ...found,
      remarks: [...found.remarks],
      streams: [...found.streams],
      spec: { ...found.spec },
    } satisfies DraftedManifest)
  })

  app.post('/connectors/:name/manifest-with-schema', async (c) => {
    refuseEdits(services, c)
    noteNothing(c)
    return c.json(await engine.manifestWithSchema(await readBody(c, manifestWithSchemaRequestSchema)))
  })

  app.post('/connectors/:name/test-manifest', async (c) => {
    refuseEdits(services, c)
    const test = await readBody(c, testManifestSchema)
    noteFacts(c, test.stream)
    const shown = await engine.previewManifest({ connector: nameIn(c), ...test }, { signal: c.req.raw.signal })
    return c.json(streamPreviewView(shown))
  })
  return app
}
