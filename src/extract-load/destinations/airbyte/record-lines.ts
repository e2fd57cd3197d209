import { quoteLiteral } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { changesOf, type Misfit, metaWithNotes } from '../../loading/rows/change-notes.js'
import { convertedRows, type RowSource } from '../../loading/rows/insert-rows.js'
import type { ColumnPlan, TableColumn } from '../../loading/rows/table-shape.js'
import type { StreamDescriptor } from '../../protocol/messages.js'
import { jsonObject, jsonValue, lineOptions, textValue } from '../json-values.js'

export interface RecordCopy {
  readonly source: RowSource
  readonly plan: readonly ColumnPlan[]
  readonly target: StreamDescriptor
  readonly syncId: number
  /** In milliseconds: no row is sent with an earlier time. */
  readonly earliest: number
  readonly path: string
  readonly signal?: AbortSignal | undefined
}

interface Value {
  readonly column: TableColumn
  readonly sql: string
}

/** Lets DuckDB write staged rows as RECORD messages, a line each; no row becomes a JavaScript object, and no number is rounded. */
export async function copyRecords(staging: WarehouseConnection, copy: RecordCopy): Promise<void> {
  const { source, plan, syncId, target, earliest, path, signal } = copy
  const columns = new Map(plan.map(({ column }) => [column.name, column]))
  const converted = convertedRows(source, plan, syncId)
  const values = converted.flatMap(({ name, sql }): Value[] => {
    const column = columns.get(name)
    return column === undefined || source.meta.has(name) ? [] : [{ column, sql }]
  })
  const metaOf = (name: string) => converted.find((one) => one.name === name)?.sql ?? 'null'
  const odd = await oddColumns(staging, source, values)
  const data = values.map(({ column, sql }) => ({
    name: column.name,
    sql: odd.has(column.name) ? oddValue(sql, column) : jsonValue(sql, textValue(sql, column), column),
  }))
  const misfits = values
    .filter(({ column }) => odd.has(column.name))
    .map(
      ({ column, sql }): Misfit => ({
        field: column.name,
        isMisfit: `(${sql} is not null and not isfinite(${sql}))`,
        reason: 'PLATFORM_SERIALIZATION_ERROR',
      }),
    )
  const meta = metaOf('_airbyte_meta')
  const noted = misfits.length === 0 ? meta : metaWithNotes(changesOf(meta), misfits, syncId)
  const line = [
    quoteLiteral(`{"type":"RECORD","record":{${JSON.stringify(descriptorOf(target)).slice(1, -1)},"emitted_at":`),
    `greatest(epoch_ms(${metaOf('_airbyte_extracted_at')}), ${earliest})`,
    quoteLiteral(',"data":'),
    jsonObject(data),
    `case when json_array_length(${noted}, '$.changes') > 0 then concat(',"meta":{"changes":', json_extract(${noted}, '$.changes')::varchar, '}') else '' end`,
    quoteLiteral('}}'),
  ]
  await staging.query(
    `copy (select concat(${line.join(', ')}) ${source.from}) to ${quoteLiteral(path)} (${[...lineOptions, 'use_tmp_file false'].join(', ')})`,
    { signal },
  )
}

const descriptorOf = ({ name, namespace }: StreamDescriptor) => ({
  stream: name,
  ...(namespace == null ? {} : { namespace }),
})

const firstDay = "'0001-01-01'"

/** Columns with values that need a closer look: no finite number or time, or a year before Christ. */
async function oddColumns(
  staging: WarehouseConnection,
  source: RowSource,
  values: readonly Value[],
): Promise<ReadonlySet<string>> {
  const doubtful = values.filter(({ column }) => ['float', 'date', 'timestamp', 'timestamptz'].includes(column.kind))
  if (doubtful.length === 0) return new Set()
  const tests = doubtful.map(({ column, sql }) =>
    column.kind === 'float'
      ? `bool_or(not isfinite(${sql}))`
      : `bool_or(not isfinite(${sql}) or ${sql} < cast(${firstDay} as ${column.type}))`,
  )
  const { rows } = await staging.query(`select ${tests.join(', ')} ${source.from}`)
  return new Set(doubtful.filter((_, i) => rows[0]?.[i] === true).map(({ column }) => column.name))
}

/** What is not finite has no word in JSON and none in Airbyte; the era stands behind the time, and not in it. */
function oddValue(sql: string, column: TableColumn): string {
  const text =
    column.kind === 'float'
      ? sql
      : `case when ${sql} < cast(${firstDay} as ${column.type}) then ${beforeChrist(sql, column)} else (${textValue(sql, column)})::varchar end`
  return `case when isfinite(${sql}) then ${jsonValue(sql, text, column)} end`
}

const beforeChrist = (sql: string, { kind }: TableColumn) =>
  kind === 'date'
    ? `replace((${sql})::varchar, ' (BC)', ' BC')`
    : `regexp_replace((${sql})::varchar, '^(\\S+) \\(BC\\) ([0-9:.]+)(\\+00)?$', '\\1T\\2${kind === 'timestamptz' ? 'Z' : ''} BC')`
