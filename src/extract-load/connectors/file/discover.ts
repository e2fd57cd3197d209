import { openDuckDb, withConnection } from '../../../warehouse/index.js'
import type { JsonSchema } from '../../contract.js'
import { describeFile, jsonType } from '../../file-formats/duckdb-reader.js'
import type { FileBatch } from '../connector.js'

/** Types of a file's columns as JSON Schema, nested ones kept. */
export async function discoverFile(batch: FileBatch): Promise<JsonSchema> {
  const warehouse = await openDuckDb({ path: ':memory:' })
  try {
    const columns = await withConnection(warehouse, (connection) => describeFile(connection, batch))
    return {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: Object.fromEntries(columns.map((column) => [column.name, jsonType(column)])),
    }
  } finally {
    await warehouse.close()
  }
}
