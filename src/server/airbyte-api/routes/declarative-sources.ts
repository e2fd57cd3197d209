import { type Context, Hono } from 'hono'
import { actorOf, noteFacts, noteMade, refuseEdits } from '../../access/index.js'
import { readBody } from '../../routes/request.js'
import { declarativeCreateSchema, declarativeUpdateSchema } from '../contract/requests.js'
import { missing } from '../errors.js'
import { paged, pageOf, uuidOf } from '../paging.js'
import { declarativeResponse } from '../views/definitions.js'
import type { Workspace } from '../workspace.js'
import { DeclarativeSources } from '../writes/declarative-sources.js'

/** Connectors that are manifests of the project, as what people make in Airbyte's builder. */
export function declarativeRoutes(workspace: Workspace): Hono {
  const app = new Hono()
  const { services, connectors } = workspace
  const writes = new DeclarativeSources(workspace)
  const base = '/workspaces/:workspaceId/definitions/declarative_sources'

  const catalogOf = (c: Context) => workspace.catalogOf(c.req.param('workspaceId') ?? '')
  const added = async () => (await connectors.sources()).filter(({ isAdded }) => isAdded)
  const definedOf = async (c: Context) => {
    const catalog = await catalogOf(c)
    const id = uuidOf('definitionId', c.req.param('definitionId') ?? '')
    const found = (await added()).find(({ name }) => catalog.definitionId('source_definition', name) === id)
    if (!found) throw missing('declarative_source_definition', id)
    return { ...found, id }
  }
  type Defined = Pick<Awaited<ReturnType<typeof definedOf>>, 'id' | 'name' | 'title'>
  const shown = async (c: Context, { id, name, title }: Defined) => {
    const showsSecrets = services.canEditConnections(actorOf(c))
    return declarativeResponse(id, title, await services.engine.connectorManifest(name, { showsSecrets }))
  }

  app.get(base, async (c) => {
    const catalog = await catalogOf(c)
    const page = pageOf(c)
    const end = page.offset + page.limit
    const all = await added()
    const data = await Promise.all(
      all
        .slice(page.offset, end)
        .map((one) => shown(c, { ...one, id: catalog.definitionId('source_definition', one.name) })),
    )
    return c.json(paged(c, page, data, all.length > end))
  })

  app.get(`${base}/:definitionId`, async (c) => c.json(await shown(c, await definedOf(c))))

  app.post(base, async (c) => {
    refuseEdits(workspace.services, c)
    const catalog = await catalogOf(c)
    const { name: title, manifest } = await readBody(c, declarativeCreateSchema)
    noteFacts(c, title)
    const name = await writes.create(title, manifest, { signal: c.req.raw.signal })
    noteMade(c, name)
    return c.json(await shown(c, { id: catalog.definitionId('source_definition', name), name, title }))
  })

  app.put(`${base}/:definitionId`, async (c) => {
    refuseEdits(workspace.services, c)
    const defined = await definedOf(c)
    noteFacts(c, defined.name)
    const { manifest } = await readBody(c, declarativeUpdateSchema)
    await writes.change(defined.name, manifest, { signal: c.req.raw.signal })
    return c.json(await shown(c, defined))
  })

  // Answered with what it was, as Airbyte does.
  app.delete(`${base}/:definitionId`, async (c) => {
    refuseEdits(workspace.services, c)
    const defined = await definedOf(c)
    noteFacts(c, defined.name)
    const last = await shown(c, defined)
    await writes.remove(defined.name)
    return c.json(last)
  })
  return app
}
