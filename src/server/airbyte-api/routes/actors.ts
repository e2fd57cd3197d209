import { type Context, Hono } from 'hono'
import { askedBy, noteFacts, noteMade, noteSecrets, refuseEdits } from '../../access/index.js'
import { readBody } from '../../routes/request.js'
import { endCreateSchema, endPatchSchema } from '../contract/requests.js'
import { missing } from '../errors.js'
import { pagedOf, uuidOf, uuidsOf } from '../paging.js'
import { destinationResponse, sourceResponse } from '../views/actors.js'
import type { ShownDestination } from '../views/catalog.js'
import { epochSeconds } from '../views/connections.js'
import type { Workspace } from '../workspace.js'
import { Ends } from '../writes/ends.js'

/** The two ends of connections. */
export function actorRoutes(workspace: Workspace): Hono {
  const app = new Hono()
  const ends = new Ends(workspace)
  type Facts = Awaited<ReturnType<Workspace['facts']>>

  const sourceOf = (facts: Facts, source: Facts['catalog']['sources'][number]) =>
    sourceResponse(source, facts.catalog, epochSeconds(source.end?.createdAt ?? facts.createdAt(source.name)))

  const destinationOf = async (facts: Facts) => {
    const warehouse = await workspace.connectors.warehouse()
    // As old as the oldest connection that loads into it.
    const oldest = new Map<string, number>()
    for (const { destination, spec } of facts.catalog.connections) {
      const at = epochSeconds(facts.createdAt(spec.name))
      oldest.set(destination.id, Math.min(at, oldest.get(destination.id) ?? at))
    }
    return (one: ShownDestination) =>
      destinationResponse(
        one,
        facts.catalog,
        warehouse,
        epochSeconds(one.end?.createdAt ?? new Date((oldest.get(one.id) ?? 0) * 1000)),
      )
  }

  app.get('/sources', async (c) => {
    const facts = await workspace.facts()
    const { sources, workspaceId } = facts.catalog
    return c.json(pagedOf(c, inWorkspace(c, workspaceId) ? sources : [], (one) => sourceOf(facts, one)))
  })

  app.get('/sources/:sourceId', async (c) => {
    const id = uuidOf('sourceId', c.req.param('sourceId'))
    const facts = await workspace.facts()
    const found = facts.catalog.source(id)
    if (!found) throw missing('source', id)
    return c.json(sourceOf(facts, found))
  })

  for (const [kind, path] of [
    ['source', '/sources'],
    ['destination', '/destinations'],
  ] as const) {
    const idOf = (c: Context) => uuidOf(`${kind}Id`, c.req.param(`${kind}Id`) ?? '')
    const shown = async (id: string) => {
      const facts = await workspace.facts()
      const source = kind === 'source' ? facts.catalog.source(id) : undefined
      if (source) return sourceOf(facts, source)
      const destination = facts.catalog.destination(id)
      if (!destination) throw missing(kind, id)
      return (await destinationOf(facts))(destination)
    }

    app.post(path, async (c) => {
      refuseEdits(workspace.services, c)
      const { name, workspaceId, definitionId, configuration } = await readBody(c, endCreateSchema)
      noteFacts(c, `${kind} ${name}`)
      const catalog = await workspace.catalog()
      if (workspaceId !== undefined && workspaceId !== catalog.workspaceId) throw missing('workspace', workspaceId)
      const asked = { by: askedBy(c), signal: c.req.raw.signal }
      const { id, newSecrets } = await ends.create(kind, name, { definitionId, configuration }, asked)
      noteSecrets(c, newSecrets)
      noteMade(c, id)
      return c.json(await shown(id))
    })

    for (const [method, isPartial] of [
      ['PATCH', true],
      ['PUT', false],
    ] as const)
      app.on(method, `${path}/:${kind}Id`, async (c) => {
        refuseEdits(workspace.services, c)
        const id = idOf(c)
        noteFacts(c, `${kind} ${id}`)
        const asked = { by: askedBy(c), signal: c.req.raw.signal }
        noteSecrets(c, await ends.change(kind, id, await readBody(c, endPatchSchema), { isPartial, ...asked }))
        return c.json(await shown(id))
      })

    app.delete(`${path}/:${kind}Id`, async (c) => {
      refuseEdits(workspace.services, c)
      noteFacts(c, `${kind} ${idOf(c)}`)
      await ends.remove(kind, idOf(c))
      return c.body(null, 204)
    })
  }

  app.get('/destinations', async (c) => {
    const facts = await workspace.facts()
    const { destinations, workspaceId } = facts.catalog
    return c.json(pagedOf(c, inWorkspace(c, workspaceId) ? destinations : [], await destinationOf(facts)))
  })

  app.get('/destinations/:destinationId', async (c) => {
    const id = uuidOf('destinationId', c.req.param('destinationId'))
    const facts = await workspace.facts()
    const found = facts.catalog.destination(id)
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
