import { isAbsolute, resolve } from 'node:path'
import { duckDbDatabaseName } from '../../../warehouse/index.js'
import { transformErrors } from '../../errors.js'
import {
  anyOf,
  boolean,
  type Checks,
  integer,
  listOf,
  mapping,
  mappingOf,
  only,
  optional,
  text,
} from '../../value-checks.js'
import { enforcesAll } from '../constraints.js'
import type { Relation } from '../relation.js'
import { AdapterResponse } from '../response.js'
import { checkOutput } from './check-output.js'
import { externalFiles } from './duckdb-files.js'
import type { Credentials, Engine, OutputPlace } from './engine.js'

const memory = ':memory:'

const outputChecks: Checks = {
  path: text,
  database: text,
  schema: text,
  external_root: text,
  config_options: optional(mapping),
  settings: optional(mapping),
  extensions: optional(listOf(anyOf(text, mappingOf(text)), 'httpfs')),
  secrets: optional(listOf(mapping, 'type: s3')),
  attach: optional(
    listOf(
      only(
        {
          path: text,
          type: optional(text),
          alias: optional(text),
          secret: optional(text),
          read_only: boolean,
          options: optional(mapping),
          is_ducklake: optional(boolean),
        },
        ['path'],
      ),
      'path: other.duckdb',
    ),
  ),
  retries: optional(
    only({
      connect_attempts: integer,
      query_attempts: optional(integer),
      retryable_exceptions: listOf(text, 'IOException'),
    }),
  ),
  disable_transactions: boolean,
  keep_open: boolean,
  is_ducklake: optional(boolean),
}

export const duckdb: Engine = {
  type: 'duckdb',
  version: '1.11.1',
  readOutput: (output, place) => {
    const { projectDir, locate } = place
    checkOutput(output, outputChecks, place)
    const written = String(output.path ?? memory)
    const path = written === memory || isAbsolute(written) ? written : resolve(projectDir, written)
    const database = output.database ?? duckDbDatabaseName(path)
    refuseUnsupported(output, locate)
    const external_root = resolve(projectDir, String(output.external_root ?? '.'))
    const credentials = { ...output, path, external_root, project_dir: resolve(projectDir) }
    return { database: String(database), schema: String(output.schema ?? 'main'), credentials }
  },
  shownCredentials: {
    ...{ database: null, schema: null, path: null, config_options: null, extensions: null, settings: {} },
    ...{ external_root: null, use_credential_provider: null, attach: null, filesystems: null, remote: null },
    ...{ plugins: null, disable_transactions: false },
  },
  relations: {
    maxNameLength: null,
    namesSubqueries: false,
    renameable: new Set(['table', 'view']),
    replaceable: new Set(['table', 'view']),
  },
  incrementalStrategies: ['append', 'delete+insert', 'merge', 'microbatch'],
  microbatchKey: 'refused',
  seedNullIsText: true,
  dateFunction: 'now()',
  constraints: enforcesAll,
  beginsByItself: false,
  foreignKeysNameDatabase: false,
  queryType: ({ type }) => type,
  response: ({ rowsAffected }) => new AdapterResponse('OK', null, rowsAffected ?? null),
  errorHeader: 'Runtime Error',
  behaviorFlags: {},
  members: (credentials) => ({
    is_motherduck: () => false,
    is_ducklake: (relation: Relation | null) => duckLakes(credentials).has((relation?.database ?? '').toLowerCase()),
    disable_transactions: () => false,
    ...externalFiles(credentials),
  }),
}

const isDuckLake = (path: unknown) => /^ducklake:/i.test(String(path))

/** The databases of a target that are DuckLakes: by their path, or because the profile says so. */
function duckLakes({ path, is_ducklake, attach }: Credentials): ReadonlySet<string> {
  const attached = Array.isArray(attach) ? (attach as Credentials[]) : []
  const databases: readonly Credentials[] = [{ path, is_ducklake }, ...attached]
  return new Set(
    databases
      .filter((one) => one.is_ducklake === true || isDuckLake(one.path))
      .map((one) => String(one.alias ?? duckDbDatabaseName(String(one.path))).toLowerCase()),
  )
}

/** What dbt-duckdb does in Python, or with a service elsewhere. */
const refused: Readonly<Record<string, string>> = {
  plugins: 'plugins are written in Python',
  filesystems: 'they are written in Python; DuckDB reads http and s3 by its extension httpfs',
  remote: 'a DuckDB server is another engine',
  module_paths: 'they hold Python',
}

function refuseUnsupported(output: Credentials, locate: OutputPlace['locate']): void {
  const fail = (key: string, message: string, hint: string) => {
    throw transformErrors.create('TRANSFORM_PROFILE_INVALID', { message, at: locate(key), hint })
  }
  const path = String(output.path ?? '')
  if (/^(?:md|motherduck):/i.test(path))
    fail('path', 'The path is MotherDuck, which is not supported.', 'Name a file, or :memory:.')
  if (isDuckLake(path))
    fail(
      'path',
      'The path is a DuckLake, which can be attached, but not be the file itself.',
      `Name a file, or :memory:, and add \`attach: [{ path: '${path}', alias: lake }]\`; models take \`database: lake\`.`,
    )
  for (const [key, reason] of Object.entries(refused))
    if (output[key] !== undefined && output[key] !== null)
      fail(key, `\`${key}\` of a DuckDB target is not supported: ${reason}.`, 'Remove it from the target.')
}
