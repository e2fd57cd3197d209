import { nearest } from '../../../base/index.js'
import type { ResultColumn } from '../../../warehouse/index.js'
import { transformErrors } from '../../errors.js'
import { enforcesAll } from '../constraints.js'
import { AdapterResponse } from '../response.js'
import type { Credentials, Engine, OutputPlace } from './engine.js'
import { indexChanges } from './postgres-indexes.js'

/** Other names of a key of the profile. */
const aliases: Readonly<Record<string, string>> = { dbname: 'database', pass: 'password', username: 'user' }
const required = ['host', 'user', 'password', 'port', 'database', 'schema']
const whole = ['port', 'connect_timeout', 'keepalives_idle', 'retries']
const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']

export const postgres: Engine = {
  type: 'postgres',
  version: '1.11.0',
  readOutput: (output, place) => {
    const credentials = Object.fromEntries(Object.entries(output).map(([key, value]) => [aliases[key] ?? key, value]))
    check(credentials, place)
    return { database: String(credentials.database), schema: String(credentials.schema), credentials }
  },
  shownCredentials: {
    ...{ host: null, port: null, user: null, database: null, schema: null, connect_timeout: 10, role: null },
    ...{ search_path: null, keepalives_idle: 0, sslmode: null, sslcert: null, sslkey: null, sslrootcert: null },
    ...{ application_name: 'dbt', autocommit: false, retries: 1, dbname: null },
  },
  relations: {
    maxNameLength: 63,
    namesSubqueries: true,
    renameable: new Set(['table', 'view']),
    replaceable: new Set(['table', 'view']),
    materializedViewChanges: indexChanges,
  },
  incrementalStrategies: ['append', 'delete+insert', 'merge', 'microbatch'],
  microbatchKey: 'required',
  seedNullIsText: false,
  dateFunction: 'now()',
  constraints: enforcesAll,
  beginsByItself: true,
  foreignKeysNameDatabase: true,
  queryType,
  response: ({ commandTag = '' }) => {
    const rows = /(\d+)$/.exec(commandTag)?.[1]
    const code = commandTag.replace(/(?: \d+)+$/, '')
    return new AdapterResponse(commandTag, code, rows === undefined ? -1 : Number(rows))
  },
  dependents: `
    with recursive gone as (
      select c.oid from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = $2
      union
      select r.ev_class from gone
      join pg_catalog.pg_depend as d on d.refobjid = gone.oid
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.classid = 'pg_catalog.pg_rewrite'::regclass
      join pg_catalog.pg_rewrite as r on r.oid = d.objid
    )
    select n.nspname, c.relname from gone
    join pg_catalog.pg_class as c on c.oid = gone.oid join pg_catalog.pg_namespace as n on n.oid = c.relnamespace`,
  errorHeader: 'Database Error',
  behaviorFlags: { postgres_skip_autocommit_transaction_statements: true },
  members: () => ({}),
}

function check(credentials: Credentials, { locate }: OutputPlace): void {
  const fail = (message: string, key: string, hint: string) => {
    throw transformErrors.create('TRANSFORM_PROFILE_INVALID', { message, at: locate(key), hint })
  }
  for (const key of required)
    if (credentials[key] === undefined || credentials[key] === null)
      fail(
        `The target of type postgres has no \`${key}\`.`,
        'type',
        `${misspelled(key, credentials)}It needs host, user, password, port, dbname and schema.`,
      )
  for (const key of whole) {
    const value = credentials[key]
    if (value !== undefined && value !== null && !/^\d+$/.test(String(value)))
      fail(`\`${key}\` is not a whole number: ${JSON.stringify(value)}`, key, `Write, for example, \`${key}: 10\`.`)
  }
  const { sslmode } = credentials
  if (sslmode !== undefined && sslmode !== null && !sslModes.includes(String(sslmode)))
    fail(`\`sslmode\` is ${JSON.stringify(sslmode)}, which is none.`, 'sslmode', `Use one of ${sslModes.join(', ')}.`)
}

/** The driver of dbt knows types by these names, and arrays by the same with ARRAY behind; contracts compare them. */
const driverNames: Readonly<Record<string, string>> = {
  smallint: 'INTEGER',
  integer: 'INTEGER',
  bigint: 'LONGINTEGER',
  oid: 'ROWID',
  numeric: 'DECIMAL',
  real: 'FLOAT',
  'double precision': 'FLOAT',
  boolean: 'BOOLEAN',
  text: 'STRING',
  name: 'STRING',
  character: 'STRING',
  'character varying': 'STRING',
  '"char"': 'STRING',
  bytea: 'BINARY',
  date: 'DATE',
  'time without time zone': 'TIME',
  'time with time zone': 'TIME',
  'timestamp without time zone': 'DATETIME',
  'timestamp with time zone': 'DATETIMETZ',
  interval: 'INTERVAL',
  json: 'JSON',
  jsonb: 'JSONB',
}
/** A key that is there and is none of postgres's, where it looks like the one that is missing. */
function misspelled(key: string, credentials: Credentials): string {
  const others = Object.keys(credentials).filter((one) => !required.includes(one))
  const [meant] = nearest(key, others, 1)
  return meant === undefined ? '' : `\`${meant}\` is perhaps meant to be it. `
}

/** Of these dbt makes its own words again. */
const shownNames: Readonly<Record<string, string>> = { INTEGER: 'INT', STRING: 'TEXT' }

/** What the driver has no name for is its number. */
function queryType({ type, typeId }: ResultColumn, warn: (message: string) => void): string {
  const [, base = type, list] = /^(.*?)(\[\])?$/.exec(type.replace(/\(.*?\)/, '')) ?? []
  const name = driverNames[base]
  if (name === undefined) {
    warn(`The \`type_code\` ${typeId} was not recognized: it is ${type}. A contract that fails names it by its number.`)
    return `unknown type_code ${typeId}`
  }
  return list === undefined ? (shownNames[name] ?? name) : `${name}ARRAY`
}
