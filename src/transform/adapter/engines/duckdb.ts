import { basename, extname, isAbsolute, resolve } from 'node:path'
import { transformErrors } from '../../errors.js'
import { enforcesAll } from '../constraints.js'
import { AdapterResponse } from '../response.js'
import { externalFiles } from './duckdb-files.js'
import type { Credentials, Engine, OutputPlace } from './engine.js'

const memory = ':memory:'

export const duckdb: Engine = {
  type: 'duckdb',
  readOutput: (output, { projectDir, locate }) => {
    const written = String(output.path ?? memory)
    const path = written === memory || isAbsolute(written) ? written : resolve(projectDir, written)
    const database = output.database ?? (path === memory ? 'memory' : basename(path, extname(path)))
    refusePython(output, locate)
    const external_root = resolve(projectDir, String(output.external_root ?? '.'))
    const credentials = { ...output, path, external_root, project_dir: resolve(projectDir) }
    return { database: String(database), schema: String(output.schema ?? 'main'), credentials }
  },
  relations: {
    maxNameLength: null,
    namesSubqueries: false,
    renameable: new Set(['table', 'view']),
    replaceable: new Set(['table', 'view']),
  },
  incrementalStrategies: ['append', 'delete+insert', 'merge', 'microbatch'],
  dateFunction: 'now()',
  constraints: enforcesAll,
  foreignKeysNameDatabase: false,
  queryType: ({ type }) => type,
  response: ({ rowsAffected }) => new AdapterResponse('OK', null, rowsAffected ?? null),
  errorHeader: 'Runtime Error',
  members: (credentials) => ({
    is_motherduck: () => false,
    is_ducklake: () => false,
    disable_transactions: () => false,
    ...externalFiles(credentials),
  }),
}

/** What dbt-duckdb does in Python, or with a service elsewhere. */
const refused: Readonly<Record<string, string>> = {
  plugins: 'plugins are written in Python',
  filesystems: 'they are written in Python; DuckDB reads http and s3 by its extension httpfs',
  remote: 'a DuckDB server is another engine',
  module_paths: 'they hold Python',
}

function refusePython(output: Credentials, locate: OutputPlace['locate']): void {
  const found = Object.keys(refused).find((key) => output[key] !== undefined && output[key] !== null)
  const isMotherDuck = /^(?:md|motherduck):/i.test(String(output.path ?? ''))
  if (found === undefined && !isMotherDuck) return
  throw transformErrors.create('TRANSFORM_PROFILE_INVALID', {
    message: isMotherDuck
      ? 'The path is MotherDuck, which is not supported.'
      : `\`${found}\` of a DuckDB target is not supported: ${refused[found as string]}.`,
    at: locate(isMotherDuck ? 'path' : (found as string)),
    hint: isMotherDuck ? 'Name a file, or :memory:.' : 'Remove it from the target.',
  })
}
