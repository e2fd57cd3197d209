import { extractLoadErrors } from '../../errors.js'
import type { LoadRequest } from '../../sync/load-request.js'
import type { TableColumn } from '../../sync/table-shape.js'

/** PostgreSQL cuts what is longer, and would take two names for one. @throws DESTINATION_NAME_TOO_LONG */
export function checkNames({ stream }: LoadRequest, columns: readonly TableColumn[], mostBytes: number): void {
  const isTooLong = (name: string) => Buffer.byteLength(name) > mostBytes
  const column = columns.find(({ name }) => isTooLong(name))
  if (!isTooLong(stream.table) && !column) return
  const what = column ? `column \`${column.name}\`` : `table \`${stream.table}\``
  throw extractLoadErrors.create('DESTINATION_NAME_TOO_LONG', {
    message: `The ${what} of the stream \`${stream.name}\` has a name of more than ${mostBytes} bytes, which PostgreSQL cuts off.`,
    hint: column
      ? 'Rename it in the source, read a view of it, or load the stream into DuckDB.'
      : 'Take a shorter `prefix`, or load the stream into DuckDB.',
  })
}
