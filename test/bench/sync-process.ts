import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Connection, syncConnection } from '../../src/extract-load/index.js'
import type { Warehouse } from '../../src/warehouse/index.js'
import { seconds } from './example-copy.js'

const pathTo = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const starter = pathTo('sync-start.mjs')
const run = promisify(execFile)

let bundling: Promise<string> | undefined
/** A process starts from one file, as the command line does. It lies where packages are found from it. */
async function bundled(): Promise<string> {
  const file = pathTo('../../node_modules/.cache/millrace-bench/sync-program.cjs')
  await mkdir(dirname(file), { recursive: true })
  await run(process.execPath, [
    pathTo('../../scripts/bundle.mjs'),
    pathTo('../../dist'),
    pathTo('sync-program.mjs'),
    file,
  ])
  return file
}

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
  bundling ??= bundled()
  const args = [starter, await bundling, JSON.stringify(connection), JSON.stringify(target)]
  let stdout = ''
  const elapsed = await seconds(async () => {
    stdout = (await run(process.execPath, args)).stdout
  })
  return { ...(JSON.parse(stdout) as Omit<SyncOutcome, 'seconds'>), seconds: elapsed }
}

/** Syncs in this process, as an engine that runs. */
export async function syncHere(connection: Connection, projectDir: string, warehouse: Warehouse): Promise<void> {
  const { streams } = await syncConnection({ connection, projectDir, warehouse, onEvent: () => {} })
  if (streams[0]?.error) throw new Error(streams[0].error.message)
}
