import { basename, extname, isAbsolute, resolve } from 'node:path'
import { enforcesAll } from '../constraints.js'
import { AdapterResponse } from '../response.js'
import type { Engine } from './engine.js'

const memory = ':memory:'

export const duckdb: Engine = {
  type: 'duckdb',
  readOutput: (output, { projectDir }) => {
    const written = String(output.path ?? memory)
    const path = written === memory || isAbsolute(written) ? written : resolve(projectDir, written)
    const database = output.database ?? (path === memory ? 'memory' : basename(path, extname(path)))
    return { database: String(database), schema: String(output.schema ?? 'main'), credentials: { ...output, path } }
  },
  relations: {
    maxNameLength: null,
    renameable: new Set(['table', 'view']),
    replaceable: new Set(['table', 'view']),
  },
  incrementalStrategies: ['append', 'delete+insert', 'merge', 'microbatch'],
  dateFunction: 'now()',
  constraints: enforcesAll,
  foreignKeysNameDatabase: false,
  hasOneDatabase: false,
  queryType: (type) => type,
  typeNames: { string: 'TEXT', timestamp: 'TIMESTAMP', float: 'FLOAT', integer: 'INT', boolean: 'BOOLEAN' },
  response: ({ rowsAffected }) => new AdapterResponse('OK', null, rowsAffected ?? null),
  errorHeader: 'Runtime Error',
  members: {
    is_motherduck: () => false,
    is_ducklake: () => false,
    disable_transactions: () => false,
  },
}
