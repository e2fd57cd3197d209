import { type Context, Hono } from 'hono'
import { askedBy, noteFacts, noteMade, noteSecrets, refuseEdits } from '../../access/index.js'
import { readBody } from '../../routes/request.js'
import { connectionCreateSchema, connectionPatchSchema } from '../contract/requests.js'
import { pagedOf, uuidOf } from '../paging.js'
import { connectionResponse, readableBy } from '../views/connections.js'
import type { Workspace } from '../workspace.js'
import { ConnectionWrites } from '../writes/connections.js'
import { inWorkspace } from './actors.js'

export function connectionRoutes(workspace: Workspace): Hono {
  const app = new Hono()
  const writes = new ConnectionWrites(workspace)
  const shown = async (c: Context, id: string) => {
    const [connection, facts] = await Promise.all([workspace.connection(id), workspace.facts()])
    return readableBy(c.req.header('user-agent'), connectionResponse(connection, facts.catalog, facts))
  }

  app.get('/connections', async (c) => {
    const facts = await workspace.facts()
    const { connections, workspaceId } = facts.catalog
    return c.json(
      pagedOf(c, inWorkspace(c, workspaceId) ? connections : [], (one) =>
        readableBy(c.req.header('user-agent'), connectionResponse(one, facts.catalog, facts)),
      ),
    )
  })

  app.get('/connections/:connectionId', async (c) => {
    return c.json(await shown(c, uuidOf('connectionId', c.req.param('connectionId'))))
  })

  app.post('/connections', async (c) => {
    refuseEdits(workspace.services, c)
    const wishes = await readBody(c, connectionCreateSchema)
    noteFacts(c, wishes.name ?? '')
    const made = await writes.create(wishes, { by: askedBy(c), signal: c.req.raw.signal })
    noteSecrets(c, made.newSecrets)
    noteMade(c, made.spec.file)
    return c.json(await shown(c, made.id))
  })

  app.patch('/connections/:connectionId', async (c) => {
    const connection = await workspace.connection(uuidOf('connectionId', c.req.param('connectionId')))
    const wishes = await readBody(c, connectionPatchSchema)
    const changed = Object.entries(wishes).filter(([, value]) => value !== undefined)
    // To switch a schedule writes no file.
    if (changed.some(([key]) => key !== 'status')) refuseEdits(workspace.services, c)
    noteFacts(c, [connection.spec.name, ...changed.map(([key]) => (key === 'status' ? wishes.status : key))].join(' '))
    noteSecrets(c, await writes.change(connection, wishes, { by: askedBy(c), signal: c.req.raw.signal }))
    return c.json(await shown(c, connection.id))
  })

  app.delete('/connections/:connectionId', async (c) => {
    refuseEdits(workspace.services, c)
    const connection = await workspace.connection(uuidOf('connectionId', c.req.param('connectionId')))
    noteFacts(c, connection.spec.name)
    noteMade(c, await writes.remove(connection))
    return c.body(null, 204)
  })
  return app
}
