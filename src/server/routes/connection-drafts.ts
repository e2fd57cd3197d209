import { type Context, Hono } from 'hono'
import { actorOf, askedBy, noteFacts, noteSecrets, refuseEdits } from '../access/index.js'
import {
  type ConnectorsView,
  type ConnectorView,
  connectionDraftSchema,
  type DiscoveredDraft,
  draftPreviewRequestSchema,
  sourceSchema,
} from '../contract/index.js'
import type { Services } from '../services.js'
import { discoveredStream } from '../views/discovered-streams.js'
import { streamPreviewView } from '../views/stream-preview.js'
import { readBody } from './request.js'

/** Making a connection. All but the list may start programs and read files, so all but the list may be refused. */
export function connectionDraftRoutes(services: Services): Hono {
  const { engine, canEditConnections } = services
  const app = new Hono()
  const readDraft = async (c: Context) => {
    refuseEdits(services, c)
    const draft = await readBody(c, connectionDraftSchema)
    noteFacts(c, draft.name)
    return draft
  }

  app.get('/connectors', async (c) => {
    const [sources, destinations] = await Promise.all([engine.sources(), engine.destinations()])
    return c.json({
      connectors: sources.map(connectorView),
      destinations: destinations.map((one) => ({
        ...connectorView(one),
        isWarehouse: one.isWarehouse,
        modes: [...one.modes],
        keepsFiles: one.keepsFiles === true,
      })),
      canCreate: canEditConnections(actorOf(c)),
    } satisfies ConnectorsView)
  })

  app.post('/connectors/spec', async (c) => {
    refuseEdits(services, c)
    return c.json(await engine.sourceSpec(await readBody(c, sourceSchema), { signal: c.req.raw.signal }))
  })

  app.post('/connection-drafts/check', async (c) =>
    c.json(await engine.checkDraft(await readDraft(c), { signal: c.req.raw.signal })),
  )

  app.post('/connection-drafts/check-destination', async (c) =>
    c.json(await engine.checkDraftDestination(await readDraft(c), { signal: c.req.raw.signal })),
  )

  app.post('/connection-drafts/discover', async (c) => {
    const { streams, ...traits } = await engine.discoverDraft(await readDraft(c), { signal: c.req.raw.signal })
    return c.json({ ...traits, streams: streams.map(discoveredStream) } satisfies DiscoveredDraft)
  })

  app.post('/connection-drafts/preview-stream', async (c) => {
    refuseEdits(services, c)
    const preview = await readBody(c, draftPreviewRequestSchema)
    noteFacts(c, preview.draft.name)
    return c.json(streamPreviewView(await engine.previewDraftStream(preview, { signal: c.req.raw.signal })))
  })

  app.post('/connection-drafts/preview', async (c) =>
    c.json(await engine.previewConnection(await readDraft(c), { signal: c.req.raw.signal })),
  )

  app.post('/connections', async (c) => {
    const draft = await readDraft(c)
    const file = await engine.createConnection({ ...draft, by: askedBy(c) })
    noteSecrets(c, file.newSecrets)
    return c.json(file)
  })
  return app
}

const connectorView = ({
  name,
  title,
  description,
  releaseStage,
  spec,
  canPreview,
  isAdded,
}: ConnectorView): ConnectorView => ({
  name,
  title,
  description,
  releaseStage,
  spec,
  ...(canPreview ? { canPreview } : {}),
  ...(isAdded ? { isAdded } : {}),
})
