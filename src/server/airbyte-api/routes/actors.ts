import { Hono } from 'hono'
import { missing } from '../errors.js'
import { pagedOf, uuidOf, uuidsOf } from '../paging.js'
import { destinationResponse, sourceResponse } from '../views/actors.js'
import type { ShownDestination } from '../views/catalog.js'
import { epochSeconds } from '../views/connections.js'
import type { Workspace } from '../workspace.js'

/** The two ends of connections. */
export function actorRoutes(workspace: Workspace): Hono {
  const app = new Hono()
  type Facts = Awaited<ReturnType<Workspace['facts']>>

  const sourceOf = (facts: Facts, source: Facts['catalog']['sources'][number]) =>
    sourceResponse(source, facts.catalog, epochSeconds(facts.createdAt(source.name)))

  const destinationOf = async (facts: Facts) => {
    const warehouse = await workspace.connectors.warehouse()
    // As old as the oldest connection that loads into it.
    const oldest = new Map<string, number>()
    for (const { destination, spec } of facts.catalog.connections) {
      const at = epochSeconds(facts.createdAt(spec.name))
      oldest.set(destination.id, Math.min(at, oldest.get(destination.id) ?? at))
    }
    return (one: ShownDestination) => destinationResponse(one, facts.catalog, warehouse, oldest.get(one.id) ?? 0)
  }

  app.get('/sources', async (c) => {
    const facts = await workspace.facts()
    const { sources, workspaceId } = facts.catalog
    return c.json(pagedOf(c, inWorkspace(c, workspaceId) ? sources : [], (one) => sourceOf(facts, one)))
  })

  app.get('/sources/:sourceId', async (c) => {
    const id = uuidOf('sourceId', c.req.param('sourceId'))
    const facts = await workspace.facts()
    const found = facts.catalog.ofSource(id)
    if (!found) throw missing('source', id)
    return c.json(sourceOf(facts, found.source))
  })

  app.get('/destinations', async (c) => {
    const facts = await workspace.facts()
    const { destinations, workspaceId } = facts.catalog
    return c.json(pagedOf(c, inWorkspace(c, workspaceId) ? destinations : [], await destinationOf(facts)))
  })

  app.get('/destinations/:destinationId', async (c) => {
    const id = uuidOf('destinationId', c.req.param('destinationId'))
    const facts = await workspace.facts()
    const found = facts.catalog.destinations.find((one) => one.id === id)
    if (!found) throw missing('destination', id)
    return c.json((await destinationOf(facts))(found))
  })
  return app
}

/** Whether a list is asked for that our one workspace is part of. */
export function inWorkspace(c: Parameters<typeof uuidsOf>[0], workspaceId: string): boolean {
  const wanted = uuidsOf(c, 'workspaceIds')
  return wanted === undefined || wanted.includes(workspaceId)
}
