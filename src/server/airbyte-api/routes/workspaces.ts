import { Hono } from 'hono'
import { idOf } from '../ids.js'
import { pagedOf, uuidsOf } from '../paging.js'
import { workspaceResponse } from '../views/actors.js'
import type { Workspace } from '../workspace.js'

/** A project is one workspace, of one organization. */
export function workspaceRoutes(workspace: Workspace): Hono {
  const app = new Hono()

  app.get('/workspaces', async (c) => {
    const catalog = await workspace.catalog()
    const wanted = uuidsOf(c, 'workspaceIds')
    const shown = wanted === undefined || wanted.includes(catalog.workspaceId) ? [catalog] : []
    return c.json(pagedOf(c, shown, workspaceResponse))
  })

  app.get('/workspaces/:workspaceId', async (c) =>
    c.json(workspaceResponse(await workspace.catalogOf(c.req.param('workspaceId')))),
  )

  app.get('/organizations', async (c) => {
    const { project } = await workspace.catalog()
    const organizationId = idOf(project, 'organization', project)
    return c.json({ data: [{ organizationId, organizationName: project, email: '' }] })
  })

  // Connections have no tags of Airbyte's.
  app.get('/tags', (c) => c.json({ data: [] }))
  return app
}
