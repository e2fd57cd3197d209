import type { Connection, ConnectionStream } from '../contract.js'
import type { OfferedField } from '../fields/offered-field.js'
import { checkSelection } from '../fields/selection.js'
import type { TableColumn } from './table-shape.js'

interface Situation {
  readonly connection: Pick<Connection, 'file' | 'locate'>
  readonly stream: ConnectionStream
  /** The stream's table as it is. */
  readonly table: readonly TableColumn[]
}

/** Holds what a source has for a stream against what is asked of it. @throws FIELD_NOT_FOUND */
export function checkOffered({ connection, stream, table }: Situation, offered: readonly OfferedField[]): void {
  const { file, locate } = connection
  checkSelection(
    stream,
    offered.map(({ name }) => name),
    {
      loaded: table.map(({ name }) => name),
      at: (index) => locate?.(['streams', stream.name, 'fields', index]) ?? { file },
    },
  )
}
