import { Hono } from 'hono'
import { readBody } from '../../routes/request.js'
import {
  destinationDefinitionIdSchema,
  destinationIdSchema,
  sourceDefinitionIdSchema,
  sourceIdSchema,
  workspaceIdSchema,
} from '../contract/requests.js'
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

  const ends = async () => {
    const [facts, warehouse] = await Promise.all([workspace.facts(), connectors.warehouse()])
    const { catalog } = facts
    const source = (one: (typeof catalog.sources)[number]) => {
      const { sourceType, definitionId, configuration, ...shown } = sourceResponse(
        one,
        catalog,
        epochSeconds(one.end?.createdAt ?? facts.createdAt(one.name)),
      )
      const { sourceType: _, ...connectionConfiguration } = configuration
      return { ...shown, sourceName: sourceType, sourceDefinitionId: definitionId, connectionConfiguration }
    }
    const destination = (one: (typeof catalog.destinations)[number]) => {
      const { destinationType, definitionId, configuration, ...shown } = destinationResponse(one, catalog, warehouse, 0)
      const { destinationType: _, ...connectionConfiguration } = configuration
      return {
        ...shown,
        destinationName: destinationType,
        destinationDefinitionId: definitionId,
        connectionConfiguration,
      }
    }
    return { catalog, source, destination }
  }

  app.post('/workspaces/list', async (c) => {
    const { name, ...shown } = workspaceResponse(await workspace.catalog())
    return c.json({ workspaces: [{ ...shown, name, slug: name, initialSetupComplete: true }] })
  })
  app.post('/workspaces/get', async (c) => {
    const id = uuidOf('workspaceId', (await readBody(c, workspaceIdSchema)).workspaceId)
    const catalog = await workspace.catalog()
    if (id !== catalog.workspaceId) throw missing('workspace', id)
    const { name, ...shown } = workspaceResponse(catalog)
    return c.json({ ...shown, name, slug: name, initialSetupComplete: true })
  })

  app.post('/sources/list', async (c) => {
    const { catalog, source } = await ends()
    return c.json({ sources: catalog.sources.map(source) })
  })
  app.post('/sources/get', async (c) => {
    const id = uuidOf('sourceId', (await readBody(c, sourceIdSchema)).sourceId)
    const { catalog, source } = await ends()
    const found = catalog.source(id)
    if (!found) throw missing('source', id)
    return c.json(source(found))
  })
  app.post('/destinations/list', async (c) => {
    const { catalog, destination } = await ends()
    return c.json({ destinations: catalog.destinations.map(destination) })
  })
  app.post('/destinations/get', async (c) => {
    const id = uuidOf('destinationId', (await readBody(c, destinationIdSchema)).destinationId)
    const { catalog, destination } = await ends()
    const found = catalog.destination(id)
    if (!found) throw missing('destination', id)
    return c.json(destination(found))
  })

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

  const sourceDefinitions = async () => {
    const catalog = await workspace.catalog()
    return (await connectors.sources()).map((one) => {
      const { id: sourceDefinitionId, ...shown } = definitionResponse(
        one,
        catalog.definitionId('source_definition', one.name),
      )
      return { definition: { sourceDefinitionId, ...shown }, spec: one.spec }
    })
  }
  const destinationDefinitions = async () => {
    const catalog = await workspace.catalog()
    return (await connectors.destinations()).map((one) => {
      const id = catalog.definitionId('destination_definition', one.name)
      const { id: destinationDefinitionId, ...shown } = definitionResponse(one, id)
      return { definition: { destinationDefinitionId, ...shown, supportsNormalization: false }, spec: one.spec }
    })
  }
  const sourceDefinition = async (text: string) => {
    const id = uuidOf('sourceDefinitionId', text)
    const found = (await sourceDefinitions()).find(({ definition }) => definition.sourceDefinitionId === id)
    if (!found) throw missing('source_definition', id)
    return found
  }
  const destinationDefinition = async (text: string) => {
    const id = uuidOf('destinationDefinitionId', text)
    const found = (await destinationDefinitions()).find(({ definition }) => definition.destinationDefinitionId === id)
    if (!found) throw missing('destination_definition', id)
    return found
  }

  app.post('/source_definitions/list', async (c) =>
    c.json({ sourceDefinitions: (await sourceDefinitions()).map(({ definition }) => definition) }),
  )
  app.post('/source_definitions/get', async (c) =>
    c.json((await sourceDefinition((await readBody(c, sourceDefinitionIdSchema)).sourceDefinitionId)).definition),
  )
  app.post('/source_definition_specifications/get', async (c) => {
    const { definition, spec } = await sourceDefinition(
      (await readBody(c, sourceDefinitionIdSchema)).sourceDefinitionId,
    )
    return c.json({ sourceDefinitionId: definition.sourceDefinitionId, connectionSpecification: spec })
  })
  app.post('/destination_definitions/list', async (c) =>
    c.json({ destinationDefinitions: (await destinationDefinitions()).map(({ definition }) => definition) }),
  )
  app.post('/destination_definitions/get', async (c) => {
    const { destinationDefinitionId } = await readBody(c, destinationDefinitionIdSchema)
    return c.json((await destinationDefinition(destinationDefinitionId)).definition)
  })
  app.post('/destination_definition_specifications/get', async (c) => {
    const { destinationDefinitionId } = await readBody(c, destinationDefinitionIdSchema)
    const { spec } = await destinationDefinition(destinationDefinitionId)
    return c.json({
      destinationDefinitionId,
      connectionSpecification: spec,
      supportsNormalization: false,
      supportsDbt: false,
    })
  })

  // Millrace transforms after a sync, by itself: a connection has no operations.
  app.post('/operations/list', (c) => c.json({ operations: [] }))
  return app
}
