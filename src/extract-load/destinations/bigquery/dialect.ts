import { bigQueryLiteral, quoteBigQueryName } from '../../../warehouse/index.js'
import { hasNoPlace, type LoadDialect } from '../loaded-warehouse/index.js'
import { commitAsScript } from './commit.js'
import { loadFile } from './load-file.js'
import { bigQueryType, duckDbColumn, fileValue } from './types.js'
import { bigQueryRows } from './write-rows.js'

export const bigQueryDialect: LoadDialect = {
  quote: quoteBigQueryName,
  storedName: (name) => name,
  nameOf: (stored) => stored,
  literal: bigQueryLiteral,
  parameter: () => '?',
  textType: 'string',
  integerType: 'int64',
  typeOf: bigQueryType,
  columnOf: duckDbColumn,
  converted(sql, from, to) {
    if (to.kind === 'json') return from.kind === 'json' ? sql : `to_json(${sql})`
    if (from.kind === 'json') return `to_json_string(${sql})`
    if (to.kind !== 'text') return `cast(${sql} as ${bigQueryType(to)})`
    if (from.kind === 'binary') return `to_hex(${sql})`
    if (from.kind === 'timestamp') return `format_datetime('%F %H:%M:%E6S', ${sql})`
    if (from.kind === 'timestamptz') return `format_timestamp('%F %H:%M:%E6S+00', ${sql}, 'UTC')`
    return `cast(${sql} as string)`
  },
  isSame: (left, right, { kind }) =>
    kind === 'json'
      ? `to_json_string(${left}) is not distinct from to_json_string(${right})`
      : `${left} is not distinct from ${right}`,
  epochSeconds: (sql) => `unix_seconds(timestamp(${sql}))`,
  file: {
    name: 'rows.parquet',
    options: 'format parquet, compression zstd',
    value: fileValue,
    misfit: hasNoPlace,
  },
  // A temporary table takes no load job: it is one like others, which nobody is told of.
  incomingWord: '',
  incomingBehind: ' options (expiration_timestamp = timestamp_add(current_timestamp(), interval 1 day))',
  tableWords: { before: '', behind: '' },
  load: loadFile,
  deleteMatching: (target, other, condition) =>
    `delete from ${target} t where exists (select 1 from ${other} i where ${condition})`,
  rebuilt: (relation, selected) =>
    `create or replace table ${relation} as select ${selected.map(({ name, sql }) => `${sql} as ${name}`).join(', ')} from ${relation}`,
  stateTable: (relation, columns) =>
    `create table if not exists ${relation} (${columns.map(({ name, type }) => `${quoteBigQueryName(name)} ${type}`).join(', ')})`,
  commit: commitAsScript,
}

/** The same, where rows come by the Storage Write API. */
export const bigQueryRowsDialect: LoadDialect = { ...bigQueryDialect, rows: bigQueryRows }
