import { plural } from '../../../base/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { changesOf } from './change-notes.js'

const fieldsTold = 10

/** A sentence for each field of which some value found no place in its column: a person would not look into `_airbyte_meta` before something is missing. */
export async function nulledValues(
  connection: WarehouseConnection,
  relation: string,
): Promise<ReadonlyMap<string, string>> {
  const counts = await nulledCounts(connection, relation)
  return new Map(
    counts
      .slice(0, fieldsTold)
      .map(([field, many]) => [
        field,
        `${plural(many, 'value')} of \`${field}\` did not fit the column and ${many === 1 ? 'is' : 'are'} NULL; \`_airbyte_meta\` tells in which rows.`,
      ]),
  )
}

/** How many values of a field became NULL since they found no place in its column, as the rows that are staged note it; those with most first. */
export async function nulledCounts(
  connection: WarehouseConnection,
  relation: string,
): Promise<readonly (readonly [field: string, many: number])[]> {
  // Most rows have no note: they cost no more than a look at a short text.
  const notes = `select unnest(${changesOf('_airbyte_meta')}) as note from ${relation} where contains(_airbyte_meta::varchar, '"NULLED"')`
  const { rows } = await connection.query(
    `select json_extract_string(note, '$.field') as field, count(*) as many from (${notes}) where json_extract_string(note, '$.change') = 'NULLED' group by all order by many desc, field`,
  )
  return rows.map(([field, many]) => [String(field), Number(many)])
}
