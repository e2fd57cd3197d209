import { type Context, Hono } from 'hono'
import { readBody } from '../../routes/request.js'
import { definitionIdSchemas, endIdSchemas, sourceIdSchema, workspaceIdSchema } from '../contract/requests.js'
import { missing } from '../errors.js'
import { idOf } from '../ids.js'
import { uuidOf } from '../paging.js'
import { destinationResponse, sourceResponse, workspaceResponse } from '../views/actors.js'
import { epochSeconds } from '../views/connections.js'
import { definitionResponse } from '../views/definitions.js'
import type { Workspace } from '../workspace.js'

/** Workspaces, ends of connections and their definitions, as clients of the configuration API ask for them. */
export function catalogCalls(workspace: Workspace): Hono {
  const { connectors } = workspace
  const app = new Hono()

  const definitions = {
    source: { all: () => connectors.sources(), about: {}, aboutSpec: {} },
    destination: {
      all: () => connectors.destinations(),
      about: { supportsNormalization: false },
      aboutSpec: { supportsNormalization: false, supportsDbt: false },
    },
  } as const

  const ends = async (kind: 'source' | 'destination') => {
    const [facts, warehouse] = await Promise.all([workspace.facts(), connectors.warehouse()])
    const { catalog } = facts
    if (kind === 'destination')
      return catalog.destinations.map((one) => ({
        id: one.id,
        shown: () => endRead(kind, destinationResponse(one, catalog, warehouse, 0)),
      }))
    return catalog.sources.map((one) => ({
      id: one.id,
      shown: () =>
        endRead(kind, sourceResponse(one, catalog, epochSeconds(one.end?.createdAt ?? facts.createdAt(one.name)))),
    }))
  }

  app.post('/workspaces/list', async (c) => {
    const { name, ...shown } = workspaceResponse(await workspace.catalog())
    return c.json({ workspaces: [{ ...shown, name, slug: name, initialSetupComplete: true }] })
  })
  app.post('/workspaces/get', async (c) => {
    const { workspaceId } = await readBody(c, workspaceIdSchema)
    const { name, ...shown } = workspaceResponse(await workspace.catalogOf(workspaceId))
    return c.json({ ...shown, name, slug: name, initialSetupComplete: true })
  })

  for (const kind of ['source', 'destination'] as const) {
    app.post(`/${kind}s/list`, async (c) => c.json({ [`${kind}s`]: (await ends(kind)).map(({ shown }) => shown()) }))
    app.post(`/${kind}s/get`, async (c) => {
      const id = uuidOf(`${kind}Id`, await readBody(c, endIdSchemas[kind]))
      const found = (await ends(kind)).find((one) => one.id === id)
      if (!found) throw missing(kind, id)
      return c.json(found.shown())
    })
  }

  app.post('/sources/discover_schema', async (c) => {
    const id = uuidOf('sourceId', (await readBody(c, sourceIdSchema)).sourceId)
    const catalog = await workspace.catalog()
    const found = catalog.source(id)
    if (!found) throw missing('source', id)
    const selected = new Set(catalog.ofSource(id).flatMap(({ spec }) => spec.streams.map(({ name }) => name)))
    const { clock } = workspace.services
    const createdAt = epochSeconds(clock.now())
    const streams = await workspace.streamsOf(found, c.req.raw.signal)
    return c.json({
      catalogId: idOf(catalog.project, 'catalog', found.name),
      catalog: {
        streams: streams.map((stream) => ({
          stream: {
            name: stream.name,
            ...(stream.namespace === undefined ? {} : { namespace: stream.namespace }),
            jsonSchema: stream.jsonSchema,
            supportedSyncModes: [...stream.supportedSyncModes],
            sourceDefinedCursor: stream.defaultCursorField.length > 0,
            defaultCursorField: [...stream.defaultCursorField],
            sourceDefinedPrimaryKey: stream.sourceDefinedPrimaryKey.map((path) => [...path]),
          },
          config: { selected: selected.has(stream.name), aliasName: stream.name },
        })),
      },
      jobInfo: {
        id: idOf(catalog.project, 'catalog', found.name),
        configType: 'discover_schema',
        configId: id,
        createdAt,
        endedAt: epochSeconds(clock.now()),
        succeeded: true,
        logs: { logLines: [] },
      },
    })
  })

  for (const kind of ['source', 'destination'] as const) {
    const idName = `${kind}DefinitionId`
    const { all, about, aboutSpec } = definitions[kind]
    const shownAll = async () => {
      const catalog = await workspace.catalog()
      return (await all()).map((one) => {
        const { id, ...shown } = definitionResponse(one, catalog.definitionId(`${kind}_definition`, one.name))
        return { id, definition: { [idName]: id, ...shown, ...about }, spec: one.spec }
      })
    }
    const asked = async (c: Context) => {
      const id = uuidOf(idName, await readBody(c, definitionIdSchemas[kind]))
      const found = (await shownAll()).find((one) => one.id === id)
      if (!found) throw missing(`${kind}_definition`, id)
      return found
    }
    app.post(`/${kind}_definitions/list`, async (c) =>
      c.json({ [`${kind}Definitions`]: (await shownAll()).map(({ definition }) => definition) }),
    )
    app.post(`/${kind}_definitions/get`, async (c) => c.json((await asked(c)).definition))
    app.post(`/${kind}_definition_specifications/get`, async (c) => {
      const { id, spec } = await asked(c)
      return c.json({ [idName]: id, connectionSpecification: spec, ...aboutSpec })
    })
  }

  // Millrace transforms after a sync, by itself: a connection has no operations.
  app.post('/operations/list', (c) => c.json({ operations: [] }))
  return app
}

type PublicEnd = ReturnType<typeof sourceResponse> | ReturnType<typeof destinationResponse>

/** What the public API answers, in the words of this one: its type is a name, and stands beside the settings. */
function endRead(kind: 'source' | 'destination', { definitionId, configuration, ...end }: PublicEnd) {
  const type = `${kind}Type`
  const { [type]: _, ...connectionConfiguration } = configuration as Readonly<Record<string, unknown>>
  const { [type]: name, ...shown } = end as Readonly<Record<string, unknown>>
  return { ...shown, [`${kind}Name`]: name, [`${kind}DefinitionId`]: definitionId, connectionConfiguration }
}
