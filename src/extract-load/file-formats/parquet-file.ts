import { quoteIdentifier } from '../../sql/index.js'
import type { ColumnKind, WarehouseConnection } from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import type { OpenFile } from './open-file.js'
import { readError } from './read-error.js'
import { sqlPath } from './sql-path.js'

const isNested = (kind: ColumnKind) => kind === 'list' || kind === 'struct'

/** Parquet knows its types. */
export async function openParquet(connection: WarehouseConnection, batch: FileBatch): Promise<OpenFile> {
  const reader = `read_parquet(${sqlPath(batch.path)})`
  try {
    const { columns } = await connection.query(`select * from ${reader} limit 0`)
    const selected = columns.map(({ name, kind }) =>
      isNested(kind) ? `to_json(${quoteIdentifier(name)}) as ${quoteIdentifier(name)}` : quoteIdentifier(name),
    )
    return {
      columns,
      relation: `(select ${selected.join(', ')} from ${reader})`,
      countRejects: async () => 0,
      close: async () => {},
    }
  } catch (error) {
    throw readError(error, batch)
  }
}
