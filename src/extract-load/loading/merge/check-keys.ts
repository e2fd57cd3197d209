import { plural } from '../../../base/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import { keyNames, type LoadRequest } from '../request/load-request.js'
import { isNulled } from '../rows/change-notes.js'
import { convertedValue, type RowSource } from '../rows/insert-rows.js'
import { nulledCounts } from '../rows/nulled-values.js'
import type { ColumnPlan } from '../rows/table-shape.js'

/** A key that became NULL tells its row from no other: all such rows would be one. @throws KEY_UNFIT */
export async function checkStagedKeys(
  connection: WarehouseConnection,
  { stream }: LoadRequest,
  relation: string,
): Promise<void> {
  const isKey = keysOf(stream)
  const unfit = (await nulledCounts(connection, relation)).find(([field]) => isKey(field))
  if (unfit)
    throw keyUnfit(
      stream,
      unfit,
      'Declare the type that the source sends (in the schema of its manifest or catalog), or take another `primary_key`; then load from the start with --full-refresh.',
    )
}

/** The same of keys that would become NULL in the table, whose column has nothing in common with what comes. @throws KEY_UNFIT */
export async function checkPlannedKeys(
  connection: WarehouseConnection,
  { stream, connectionName, replacesTable }: LoadRequest,
  source: RowSource,
  plan: readonly ColumnPlan[],
): Promise<void> {
  if (!stream.destinationSyncMode.endsWith('dedup')) return
  const isKey = keysOf(stream)
  for (const step of plan) {
    if (!step.isUnrelated || !isKey(step.column.name)) continue
    const value = source.value(step.incoming)
    const { rows } = await connection.query(
      `select count(*) ${source.from} where ${isNulled(value, convertedValue(value, step))}`,
    )
    const many = Number(rows[0]?.[0])
    if (many > 0)
      throw keyUnfit(
        stream,
        [step.column.name, many],
        `The column is ${step.column.type}, and the source sends ${step.incoming.type} now: ${
          // It was to be another table, and could not be.
          replacesTable
            ? 'the table is not replaced while a view reads it. Drop that view, sync once more, and make the view again (models by a build)'
            : `load from the start with millrace sync ${connectionName} --stream ${stream.name} --full-refresh, or take another \`primary_key\``
        }.`,
      )
  }
}

function keysOf(stream: LoadRequest['stream']): (name: string) => boolean {
  const keys = new Set(keyNames(stream).map((name) => name.toLowerCase()))
  return (name) => keys.has(name.toLowerCase())
}

const keyUnfit = (
  stream: LoadRequest['stream'],
  [key, many]: readonly [key: string, many: number],
  whatToDo: string,
): Error =>
  extractLoadErrors.create('KEY_UNFIT', {
    message: `${plural(many, 'value')} of the primary key \`${key}\` of the stream \`${stream.name}\` did not fit the column: without a key their rows would be taken for one.`,
    hint: `Nothing of them was committed. ${whatToDo}`,
  })
