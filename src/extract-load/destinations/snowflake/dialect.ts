import { commitOneByOne, hasNoPlace, type LoadDialect } from '../loaded-warehouse/index.js'
import { kindOfTable } from './kind-of-table.js'
import { loadFile } from './load-file.js'
import { quote, storedName } from './names.js'
import { duckDbColumn, fileValue, snowflakeType } from './types.js'

const text = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

export const snowflakeDialect: LoadDialect = {
  quote,
  storedName,
  nameOf: (stored) => stored.toLowerCase(),
  literal: (value) => (value === null ? 'null' : typeof value === 'string' ? text(value) : String(value)),
  parameter: () => '?',
  textType: 'varchar',
  integerType: 'number(38,0)',
  typeOf: snowflakeType,
  columnOf: duckDbColumn,
  converted(sql, from, to) {
    if (to.kind === 'json') return from.kind === 'json' ? sql : `to_variant(${sql})`
    // A VARIANT that is a text loses its quotes by a cast.
    if (from.kind === 'json') return `to_json(${sql})`
    if (from.kind === 'binary' && to.kind === 'text') return `to_varchar(${sql}, 'HEX')`
    if (to.kind === 'text' && from.kind === 'timestamp') return `to_varchar(${sql}, 'YYYY-MM-DD HH24:MI:SS.FF6')`
    if (to.kind === 'text' && from.kind === 'timestamptz')
      return `to_varchar(convert_timezone('UTC', ${sql}), 'YYYY-MM-DD HH24:MI:SS.FF6+00')`
    return `cast(${sql} as ${snowflakeType(to)})`
  },
  isSame: (left, right, { kind }) =>
    kind === 'json'
      ? `to_json(${left}) is not distinct from to_json(${right})`
      : `${left} is not distinct from ${right}`,
  epochSeconds: (sql) => `date_part(epoch_second, ${sql})`,
  file: {
    // A folder: Snowflake reads several files at once, of 100 to 250 MB at best.
    name: 'rows',
    // In quotes an empty text is no NULL.
    options: "format csv, header false, compression zstd, force_quote *, nullstr '', file_size_bytes '150MB'",
    value: fileValue,
    misfit: hasNoPlace,
  },
  incomingWord: 'temporary',
  // Rows come from their source again: days of history of each would cost what they are not worth.
  tableWords: { before: 'transient', behind: '' },
  load: loadFile,
  deleteMatching: (target, other, condition) => `delete from ${target} t using ${other} i where ${condition}`,
  kindOfTable,
  // What else hangs on a table the statement does not keep: a clustering key, policies, comments.
  rebuilt: (relation, selected, kind = '') =>
    `create or replace ${kind === '' ? '' : `${kind} `}table ${relation} copy grants as select ${selected.map(({ name, sql }) => `${sql} as ${name}`).join(', ')} from ${relation}`,
  stateTable: (relation, columns) =>
    `create table if not exists ${relation} (${columns.map(({ name, type }) => `${quote(name)} ${type}`).join(', ')})`,
  commit: commitOneByOne,
}
