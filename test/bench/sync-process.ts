import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Connection, syncConnection } from '../../src/extract-load/index.js'
import type { Warehouse } from '../../src/warehouse/index.js'
import { seconds } from './example-copy.js'

const program = fileURLToPath(new URL('sync-program.mjs', import.meta.url))

export interface SyncOutcome {
  /** Of the whole process. */
  readonly seconds: number
  readonly recordsRead: number
  readonly tableRows: number
  readonly peakMegabytes: number
}

/** A connection of one stream into the schema `raw`. */
export const benchConnection = (
  source: Connection['source'],
  stream: Connection['streams'][number],
  connector = 'warehouse',
): Connection => ({
  name: 'bench',
  file: 'bench.yaml',
  source,
  destination: { connector, config: {}, schema: 'raw', prefix: '', cdcDeletes: 'hard' },
  schemaChanges: 'propagate_columns',
  followsStreams: false,
  streams: [stream],
})

/** Syncs in a process of its own. */
export async function syncInProcess(connection: Connection, target: object): Promise<SyncOutcome> {
  let stdout = ''
  const elapsed = await seconds(async () => {
    const args = [program, JSON.stringify(connection), JSON.stringify(target)]
    stdout = (await promisify(execFile)(process.execPath, args)).stdout
  })
  return { ...(JSON.parse(stdout) as Omit<SyncOutcome, 'seconds'>), seconds: elapsed }
}

/** Syncs in this process, as an engine that runs. */
export async function syncHere(connection: Connection, projectDir: string, warehouse: Warehouse): Promise<void> {
  const { streams } = await syncConnection({ connection, projectDir, warehouse, onEvent: () => {} })
  if (streams[0]?.error) throw new Error(streams[0].error.message)
}
