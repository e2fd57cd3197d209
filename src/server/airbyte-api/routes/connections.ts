import { Hono } from 'hono'
import { noteFacts } from '../../access/index.js'
import { readBody } from '../../routes/request.js'
import { connectionPatchSchema } from '../contract/requests.js'
import { notOffered } from '../errors.js'
import { pagedOf, uuidOf } from '../paging.js'
import { connectionResponse } from '../views/connections.js'
import type { Workspace } from '../workspace.js'
import { inWorkspace } from './actors.js'

export function connectionRoutes(workspace: Workspace): Hono {
  const app = new Hono()

  app.get('/connections', async (c) => {
    const facts = await workspace.facts()
    const { connections, workspaceId } = facts.catalog
    return c.json(
      pagedOf(c, inWorkspace(c, workspaceId) ? connections : [], (one) =>
        connectionResponse(one, facts.catalog, facts),
      ),
    )
  })

  app.get('/connections/:connectionId', async (c) => {
    const connection = await workspace.connection(uuidOf('connectionId', c.req.param('connectionId')))
    const facts = await workspace.facts()
    return c.json(connectionResponse(connection, facts.catalog, facts))
  })

  app.patch('/connections/:connectionId', async (c) => {
    const connection = await workspace.connection(uuidOf('connectionId', c.req.param('connectionId')))
    const { status, ...others } = await readBody(c, connectionPatchSchema)
    const changed = Object.keys(others)
    if (changed.length > 0)
      throw notOffered(
        `To change ${changed.join(', ')} of a connection`,
        `Change ${connection.spec.file}: it takes effect at once.`,
      )
    if (status !== undefined) {
      noteFacts(c, status)
      await workspace.setActive(connection, status === 'active')
    }
    const facts = await workspace.facts()
    return c.json(connectionResponse(connection, facts.catalog, facts))
  })
  return app
}
