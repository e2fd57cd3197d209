import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect } from 'vitest'
import type { SnowflakeWarehouseOptions } from '../../src/warehouse/index.js'
import { type RecordedSnowflake, serveRecording } from './recorded-snowflake.js'

/**
 * What the tests of a file talk to as a Snowflake account:
 * - a real one, where MILLRACE_TEST_SNOWFLAKE_ACCOUNT, _USER and _PASSWORD (also _ROLE, _WAREHOUSE) are set;
 * - an emulator (scripts/golden/snowflake_emulator.py), where MILLRACE_TEST_SNOWFLAKE_URL says where it listens;
 * - otherwise what the emulator answered when the recording was made. It is the real driver that reads it in each case.
 */
export interface TestAccount {
  readonly kind: 'account' | 'emulator' | 'recording'
  /** An empty database, whose name says which test it is for. */
  database(): SnowflakeWarehouseOptions
}

const env = (name: string) => process.env[`MILLRACE_TEST_SNOWFLAKE_${name}`] || undefined

export function snowflakeOfFile(recording: string): TestAccount {
  const url = env('URL')
  const kind = env('ACCOUNT') ? 'account' : url ? 'emulator' : 'recording'
  let recorded: RecordedSnowflake | undefined
  if (kind === 'recording') {
    beforeAll(async () => {
      recorded = await serveRecording(recording)
    })
    afterAll(() => recorded?.close())
    process.stdout.write(
      'skipped: a Snowflake account (MILLRACE_TEST_SNOWFLAKE_ACCOUNT) or emulator (_URL); a recording answers.\n',
    )
  }
  const opened = new Map<string, number>()
  const made: string[] = []
  if (kind === 'account') afterAll(() => dropAll(made))
  return {
    kind,
    database() {
      const test = expect.getState().currentTestName ?? ''
      const hash = createHash('sha256').update(test).digest('hex').slice(0, 8)
      const nth = (opened.get(hash) ?? 0) + 1
      opened.set(hash, nth)
      const database = `MILLRACE_${hash}_${nth}`.toUpperCase()
      made.push(database)
      const at = url ?? recorded?.url
      if (kind === 'account') return { ...realAccount(), database }
      const { hostname, port } = new URL(at as string)
      return {
        ...{ account: 'fakesnow', user: 'fake', database, schema: 'PUBLIC', host: hostname, port: Number(port) },
        ...{ protocol: 'http', login: { kind: 'password', password: 'snow' }, retries: 0 },
      }
    },
  }
}

const realAccount = (): Omit<SnowflakeWarehouseOptions, 'database'> => ({
  account: env('ACCOUNT') as string,
  user: env('USER'),
  role: env('ROLE'),
  computeWarehouse: env('WAREHOUSE'),
  schema: 'PUBLIC',
  login: { kind: 'password', password: env('PASSWORD') ?? '' },
})

/** An account makes no database at a login. */
export async function makeDatabase(options: SnowflakeWarehouseOptions): Promise<void> {
  await administer(`create transient database if not exists ${options.database}`)
}

async function dropAll(databases: readonly string[]): Promise<void> {
  for (const database of databases) await administer(`drop database if exists ${database}`)
}

async function administer(sql: string): Promise<void> {
  const { openSnowflake, withConnection } = await import('../../src/warehouse/index.js')
  const warehouse = await openSnowflake({ ...realAccount(), database: 'SNOWFLAKE', schema: undefined })
  try {
    await withConnection(warehouse, (connection) => connection.query(sql))
  } finally {
    await warehouse.close()
  }
}
