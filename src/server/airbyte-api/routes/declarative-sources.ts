import { type Context, Hono } from 'hono'
import { noteFacts, noteMade, refuseEdits } from '../../access/index.js'
import { readBody } from '../../routes/request.js'
import { declarativeCreateSchema, declarativeUpdateSchema } from '../contract/requests.js'
import { missing } from '../errors.js'
import { paged, pageOf, uuidOf } from '../paging.js'
import { declarativeResponse } from '../views/definitions.js'
import type { Workspace } from '../workspace.js'
import { DeclarativeSources } from '../writes/declarative-sources.js'

/** Beside what Airbyte answers, where there is something that the author should know. */
const told = (warnings: readonly string[]) => (warnings.length === 0 ? {} : { warnings })

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
  const shown = async ({ id, name, title }: Defined) =>
    declarativeResponse(id, title, await services.engine.connectorManifest(name))

  // Secrets may stand in a manifest: whoever may not write one does not read it.
  app.get(base, async (c) => {
    refuseEdits(workspace.services, c)
    const catalog = await catalogOf(c)
    const page = pageOf(c)
    const end = page.offset + page.limit
    const all = await added()
    const data = await Promise.all(
      all
        .slice(page.offset, end)
        .map((one) => shown({ ...one, id: catalog.definitionId('source_definition', one.name) })),
    )
    return c.json(paged(c, page, data, all.length > end))
  })

  app.get(`${base}/:definitionId`, async (c) => {
    refuseEdits(workspace.services, c)
    return c.json(await shown(await definedOf(c)))
  })

  app.post(base, async (c) => {
    refuseEdits(workspace.services, c)
    const catalog = await catalogOf(c)
    const { name: title, manifest } = await readBody(c, declarativeCreateSchema)
    noteFacts(c, title)
    const { name, warnings } = await writes.create(title, manifest, { signal: c.req.raw.signal })
    noteMade(c, name)
    const made = { id: catalog.definitionId('source_definition', name), name, title }
    return c.json({ ...(await shown(made)), ...told(warnings) })
  })

  app.put(`${base}/:definitionId`, async (c) => {
    refuseEdits(workspace.services, c)
    const defined = await definedOf(c)
    noteFacts(c, defined.name)
    const { manifest } = await readBody(c, declarativeUpdateSchema)
    const warnings = await writes.change(defined.name, manifest, { signal: c.req.raw.signal })
    return c.json({ ...(await shown(defined)), ...told(warnings) })
  })

  // Answered with what it was, as Airbyte does.
  app.delete(`${base}/:definitionId`, async (c) => {
    refuseEdits(workspace.services, c)
    const defined = await definedOf(c)
    noteFacts(c, defined.name)
    const last = await shown(defined)
    await writes.remove(defined.name)
    return c.json(last)
  })
  return app
}
