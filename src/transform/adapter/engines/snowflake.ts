import type { ResultColumn } from '../../../warehouse/index.js'
import type { ConstraintSupport } from '../constraints.js'
import { AdapterResponse } from '../response.js'
import type { Engine } from './engine.js'
import { snowflakeMembers } from './snowflake-members.js'
import { readSnowflakeOutput, shownSnowflakeCredentials } from './snowflake-profile.js'

/** Keys are for readers: Snowflake holds no table to them. */
const constraints: Readonly<Record<string, ConstraintSupport>> = {
  check: 'not supported',
  not_null: 'enforced',
  unique: 'not enforced',
  primary_key: 'not enforced',
  foreign_key: 'not enforced',
}

export const snowflake: Engine = {
  type: 'snowflake',
  version: '1.12.4',
  readOutput: readSnowflakeOutput,
  shownCredentials: shownSnowflakeCredentials,
  relations: {
    maxNameLength: null,
    namesSubqueries: false,
    renameable: new Set(['table', 'view']),
    replaceable: new Set(['table', 'view', 'dynamic_table']),
    areNamesBare: true,
  },
  incrementalStrategies: ['append', 'merge', 'delete+insert', 'microbatch', 'insert_overwrite'],
  microbatchKey: 'refused',
  seedNullIsText: false,
  dateFunction: 'CURRENT_TIMESTAMP()',
  constraints,
  beginsByItself: false,
  beginsByStatement: true,
  appendsComment: true,
  foreignKeysNameDatabase: true,
  queryType,
  // What DDL answers is a row that says so, which dbt counts.
  response: ({ rowsAffected, rows }) => {
    const count = rowsAffected ?? rows.length
    return new AdapterResponse(`SUCCESS ${count}`, 'SUCCESS', count)
  },
  errorHeader: 'Database Error',
  behaviorFlags: { snowflake_default_transient_dynamic_tables: false },
  sessionOf: ({ snowflake_warehouse: wanted }, { warehouse }) =>
    wanted === undefined || wanted === null || wanted === warehouse ? [] : [`use warehouse ${String(wanted)}`],
  members: (_, adapter) => snowflakeMembers(adapter),
}

/** The driver of dbt knows types by these names; contracts compare them. */
function queryType({ type }: ResultColumn): string {
  const base = type.replace(/\(.*\)$/, '').toUpperCase()
  return { NUMBER: 'FIXED', FLOAT: 'REAL', VARCHAR: 'TEXT' }[base] ?? base
}
