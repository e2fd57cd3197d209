import { z } from 'zod'
import { isMapping } from '../../base/index.js'
import type { StreamRequest } from '../connectors/connector.js'
import type { ConfiguredStream, DestinationSyncMode, DiscoveredStream, JsonSchema } from '../contract.js'
import { isSelected } from '../fields/selection.js'

const path = z.array(z.string())

/** Airbyte's AirbyteStream: what is used of it. Everything else goes back to the source as it came. */
const streamSchema = z.looseObject({
  name: z.string(),
  namespace: z.string().nullish(),
  json_schema: z.record(z.string(), z.unknown()).default({}),
  supported_sync_modes: z.array(z.string()).nullish(),
  source_defined_cursor: z.boolean().nullish(),
  default_cursor_field: path.nullish(),
  source_defined_primary_key: z.array(path).nullish(),
})
export type AirbyteStream = z.output<typeof streamSchema>

export const catalogSchema = z.object({ streams: z.array(streamSchema) })
export type AirbyteCatalog = z.output<typeof catalogSchema>

const identity = (stream: { readonly name: string; readonly namespace?: string | null | undefined }) =>
  stream.namespace == null ? stream.name : `${stream.namespace}.${stream.name}`

/** What each stream is called here: by its name alone, and with its namespace where two of them share a name. */
export function streamNames({ streams }: AirbyteCatalog): string[] {
  const counts = new Map<string, number>()
  for (const { name } of streams) counts.set(name, (counts.get(name) ?? 0) + 1)
  return streams.map((stream) => (counts.get(stream.name) === 1 ? stream.name : identity(stream)))
}

/** The streams of a catalog in our terms. */
export function discoveredStreams(catalog: AirbyteCatalog): DiscoveredStream[] {
  const names = streamNames(catalog)
  return catalog.streams.map((stream, i) => ({
    name: names[i] ?? stream.name,
    namespace: stream.namespace ?? undefined,
    jsonSchema: stream.json_schema,
    supportedSyncModes: (stream.supported_sync_modes ?? ['full_refresh']).filter(
      (mode) => mode === 'full_refresh' || mode === 'incremental',
    ),
    sourceDefinedCursor: stream.source_defined_cursor ?? false,
    defaultCursorField: stream.default_cursor_field ?? [],
    sourceDefinedPrimaryKey: stream.source_defined_primary_key ?? [],
  }))
}

/** What is not selected is not asked for. */
export function selectedSchema(schema: JsonSchema, stream: ConfiguredStream): JsonSchema {
  if (stream.fields === undefined || !isMapping(schema.properties)) return schema
  const properties = Object.entries(schema.properties).filter(([name]) => isSelected(stream, name))
  return { ...schema, properties: Object.fromEntries(properties) }
}

/**
 * A mode by the word that connectors know: to one of Airbyte's Python library another one is no catalog. Rows that take the place of all
 * others have one for each key already.
 */
export const protocolMode = (mode: DestinationSyncMode) => (mode === 'overwrite_dedup' ? 'overwrite' : mode)

/** The ConfiguredAirbyteCatalog that a source reads by. */
export function configuredCatalog(streams: readonly (readonly [AirbyteStream, StreamRequest])[]): unknown {
  return {
    streams: streams.map(([stream, { stream: configured, generationId, startsOver, syncId }]) => ({
      stream: { ...stream, json_schema: selectedSchema(stream.json_schema, configured) },
      sync_mode: configured.syncMode,
      destination_sync_mode: protocolMode(configured.destinationSyncMode),
      cursor_field: configured.cursorField ?? stream.default_cursor_field ?? [],
      primary_key: configured.primaryKey ?? stream.source_defined_primary_key ?? [],
      generation_id: generationId,
      minimum_generation_id: startsOver ? generationId : 0,
      sync_id: syncId,
    })),
  }
}
