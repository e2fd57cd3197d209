import { plural } from '../../base/index.js'
import type { WarehouseConnection } from '../../warehouse/index.js'
import { changesOf } from './change-notes.js'

const fieldsTold = 10

/**
 * Fields of which some value found no place in its column, as the rows that are staged note it, with a sentence for each: a person would not
 * look into `_airbyte_meta` before something is missing.
 */
export async function nulledValues(
  connection: WarehouseConnection,
  relation: string,
): Promise<ReadonlyMap<string, string>> {
  // Most rows have no note: they cost no more than a look at a short text.
  const notes = `select unnest(${changesOf('_airbyte_meta')}) as note from ${relation} where contains(_airbyte_meta::varchar, '"NULLED"')`
  const { rows } = await connection.query(
    `select json_extract_string(note, '$.field') as field, count(*) as many from (${notes}) where json_extract_string(note, '$.change') = 'NULLED' group by all order by many desc, field limit ${fieldsTold}`,
  )
  return new Map(
    rows.map(([field, many]) => [
      String(field),
      `${plural(Number(many), 'value')} of \`${field}\` did not fit the column and ${Number(many) === 1 ? 'is' : 'are'} NULL; \`_airbyte_meta\` tells in which rows.`,
    ]),
  )
}
