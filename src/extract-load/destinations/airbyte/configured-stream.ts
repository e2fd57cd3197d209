import type { JsonSchema } from '../../contract.js'
import { jsonType } from '../../file-formats/json-schema.js'
import { cursorColumn } from '../../loading/request/column-cursor.js'
import { keyNames, type LoadRequest } from '../../loading/request/load-request.js'
import { columnNamed, type TableColumn } from '../../loading/rows/table-shape.js'
import { orderingCursor } from '../../loading/stage/drop-deleted.js'
import type { StreamDescriptor } from '../../protocol/messages.js'

interface StreamShape {
  readonly target: StreamDescriptor
  readonly request: LoadRequest
  /** All that the stream has at the destination. */
  readonly columns: readonly TableColumn[]
  readonly mode: string
  readonly generation: number
  /** The rows that are there go when these are there. */
  readonly replaces: boolean
}

/** Whatever JSON there is: of an object, destinations drop the values that are none. */
const anyJson: JsonSchema = {
  oneOf: ['object', 'array', 'string', 'number', 'boolean'].map((type) => ({ type })),
}

/** A column as destinations are told of it. */
export function declaredSchema(column: Pick<TableColumn, 'kind'>): JsonSchema {
  switch (column.kind) {
    case 'json':
    case 'list':
    case 'struct':
      return anyJson
    case 'binary':
      return { ...jsonType(column), contentEncoding: 'base64' }
    default:
      return jsonType(column)
  }
}

/** The ConfiguredAirbyteStream that a destination writes by. */
export function configuredStream({ target, request, columns, mode, generation, replaces }: StreamShape): object {
  const { stream, previous } = request
  const named = (name: string) => columnNamed(columns, name)?.name
  // Without one, the row that is sent later is the newer one: changes come in their order.
  const cursor = orderingCursor(columns, cursorColumn(request) ?? stream.cursorField?.join('.'))
  const cursorName = cursor === undefined ? undefined : named(cursor)
  return {
    stream: {
      ...target,
      json_schema: {
        type: 'object',
        properties: Object.fromEntries(columns.map((column) => [column.name, declaredSchema(column)])),
      },
      supported_sync_modes: ['full_refresh', 'incremental'],
    },
    sync_mode: stream.syncMode,
    destination_sync_mode: mode,
    cursor_field: cursorName === undefined ? [] : [cursorName],
    primary_key: keyNames(stream).map((name) => [named(name) ?? name]),
    generation_id: generation,
    minimum_generation_id: replaces ? generation : 0,
    sync_id: previous.syncId + 1,
  }
}
