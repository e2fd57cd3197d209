import { quoteIdentifier } from '../../sql/index.js'
import type { ColumnKind, WarehouseConnection } from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import { type ColumnPart, partsOf, withPartsMarked } from './column-parts.js'
import type { OpenFile, OpenOptions } from './open-file.js'
import { readError } from './read-error.js'
import { sqlPath } from './sql-path.js'

const isNested = (kind: ColumnKind) => kind === 'list' || kind === 'struct'

/** Parquet knows its types. */
export async function openParquet(
  connection: WarehouseConnection,
  batch: FileBatch,
  { paths }: OpenOptions,
): Promise<OpenFile> {
  const file = `read_parquet(${sqlPath(batch.path)})`
  try {
    const whole = await connection.query(`select * from ${file} limit 0`)
    const structs = whole.columns.filter(({ kind }) => kind === 'struct')
    const parts = partsOf(whole.columns, paths).filter(({ column }) => structs.some(({ name }) => name === column))
    const reader = await withParts(connection, file, parts)
    const { columns } = parts.length === 0 ? whole : await connection.query(`select * from ${reader} limit 0`)
    const selected = columns.map(({ name, kind }) =>
      isNested(kind) ? `to_json(${quoteIdentifier(name)}) as ${quoteIdentifier(name)}` : quoteIdentifier(name),
    )
    return {
      columns: withPartsMarked(columns, parts),
      relation: `(select ${selected.join(', ')} from ${reader})`,
      countRejects: async () => 0,
      close: async () => {},
    }
  } catch (error) {
    throw readError(error, batch)
  }
}

/** The file with the parts that its structs have; a map has none. */
async function withParts(connection: WarehouseConnection, file: string, parts: readonly ColumnPart[]): Promise<string> {
  const found: string[] = []
  for (const { name, column, inside } of parts) {
    const value = [column, ...inside].map(quoteIdentifier).join('.')
    const isThere = await connection.query(`select ${value} from ${file} limit 0`).then(
      () => true,
      () => false,
    )
    if (isThere) found.push(`${value} as ${quoteIdentifier(name)}`)
  }
  return found.length === 0 ? file : `(select *, ${found.join(', ')} from ${file})`
}
