import { Hono } from 'hono'
import { missing } from '../errors.js'
import { pagedOf, uuidOf } from '../paging.js'
import { definitionResponse } from '../views/definitions.js'
import type { Workspace } from '../workspace.js'

/** The connectors that connections can be made with. */
export function definitionRoutes(workspace: Workspace): Hono {
  const app = new Hono()
  const kinds = {
    sources: { kind: 'source_definition', all: () => workspace.connectors.sources() },
    destinations: { kind: 'destination_definition', all: () => workspace.connectors.destinations() },
  } as const
  for (const [name, { kind, all }] of Object.entries(kinds)) {
    app.get(`/workspaces/:workspaceId/definitions/${name}`, async (c) => {
      const catalog = await workspace.catalogOf(c.req.param('workspaceId') as string)
      return c.json(pagedOf(c, await all(), (one) => definitionResponse(one, catalog.definitionId(kind, one.name))))
    })
    app.get(`/workspaces/:workspaceId/definitions/${name}/:definitionId`, async (c) => {
      const catalog = await workspace.catalogOf(c.req.param('workspaceId') as string)
      const id = uuidOf('definitionId', c.req.param('definitionId') as string)
      const found = (await all()).find((one) => catalog.definitionId(kind, one.name) === id)
      if (!found) throw missing(kind, id)
      return c.json(definitionResponse(found, id))
    })
  }

  return app
}
