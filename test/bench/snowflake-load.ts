import { type Figure, inMegabytes, inSeconds } from './figure.js'
import { benchConnection, syncInProcess } from './sync-process.js'

const rows = 5_000_000

/** Rows of eight columns into the emulator of scripts/golden/snowflake_emulator.py, by a stage and COPY. How quickly that takes them is its own doing. */
export async function snowflakeFigures(): Promise<readonly Figure[]> {
  const url = process.env.MILLRACE_TEST_SNOWFLAKE_URL
  if (url === undefined) {
    console.error('skipped: MILLRACE_TEST_SNOWFLAKE_URL names no emulator')
    return []
  }
  const { hostname, port } = new URL(url)
  const target = {
    ...{ account: 'fakesnow', user: 'fake', database: `BENCH_${Date.now()}`, schema: 'PUBLIC' },
    ...{ host: hostname, port: Number(port), protocol: 'http', login: { kind: 'password', password: 'snow' } },
  }
  const connection = benchConnection(
    { connector: 'faker', config: { count: rows } },
    { name: 'purchases', syncMode: 'full_refresh', destinationSyncMode: 'overwrite', primaryKey: [] },
  )
  const { seconds, peakMegabytes, tableRows } = await syncInProcess(connection, target)
  if (tableRows !== rows) throw new Error(`There are ${tableRows} rows.`)
  return [
    {
      what: `${rows / 1e6} million rows of sample data into an emulator of Snowflake`,
      millrace: inSeconds(seconds),
      comparedWith: 'no aim: the emulator has a part in it',
      ratio: '',
    },
    {
      what: 'Peak memory of the process: the same, into Snowflake',
      millrace: inMegabytes(peakMegabytes),
      comparedWith: 'aim: the same whatever the number of rows',
      ratio: '',
    },
  ]
}
