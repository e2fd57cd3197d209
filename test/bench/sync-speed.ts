import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Connection, syncConnection } from '../../src/extract-load/index.js'
import { openDuckDb } from '../../src/warehouse/index.js'
import { median, seconds } from './example-copy.js'
import { type Figure, inSeconds, times } from './figure.js'

const projectDir = resolve(import.meta.dirname, '../..')
const parquet = join(projectDir, 'node_modules/vega-datasets/data/flights-3m.parquet')
const repetitions = 5

const flights: Connection = {
  name: 'flights',
  file: 'flights.yaml',
  source: {
    connector: 'file',
    config: { streams: [{ name: 'flights', path: 'npm:vega-datasets/data/flights-3m.parquet' }] },
  },
  destination: { connector: 'warehouse', config: {}, schema: 'raw', prefix: '', cdcDeletes: 'hard' },
  schemaChanges: 'propagate_columns',
  followsStreams: false,
  streams: [],
}

export interface SyncSpeed {
  readonly rows: number
  /** A sync of the file into a new warehouse, state and `_airbyte_*` columns included. */
  readonly syncSeconds: number
  /** DuckDB as it comes: `create table as` of the bare file into a new file. */
  readonly ctasSeconds: number
  /** The same into a file of the storage format that Millrace makes. */
  readonly ctasSameFormatSeconds: number
}

/** Medians of runs that take turns, so that a busy moment of the machine touches all alike; each into a fresh file. */
export async function measureSync(): Promise<SyncSpeed> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-sync-'))
  try {
    const times = { sync: [] as number[], ctas: [] as number[], sameFormat: [] as number[] }
    let rows = 0
    for (let i = 0; i < repetitions; i++) {
      times.ctas.push(await timeCtas(join(folder, `ctas-${i}.duckdb`)))
      const synced = await timeSync(join(folder, `sync-${i}.duckdb`))
      rows = synced.rows
      times.sync.push(synced.seconds)
      times.sameFormat.push(await timeCtasInWarehouse(join(folder, `same-${i}.duckdb`)))
    }
    return {
      rows,
      syncSeconds: median(times.sync),
      ctasSeconds: median(times.ctas),
      ctasSameFormatSeconds: median(times.sameFormat),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const ctas = `create table flights as select * from read_parquet('${parquet.replaceAll("'", "''")}')`

async function timeCtas(path: string): Promise<number> {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  try {
    return await seconds(() => connection.run(ctas))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function timeCtasInWarehouse(path: string): Promise<number> {
  const warehouse = await openDuckDb({ path })
  const connection = await warehouse.connect()
  try {
    return await seconds(() => connection.query(ctas))
  } finally {
    await connection.close()
    await warehouse.close()
  }
}

async function timeSync(path: string): Promise<{ rows: number; seconds: number }> {
  const warehouse = await openDuckDb({ path })
  try {
    let rows = 0
    const elapsed = await seconds(async () => {
      const result = await syncConnection({ connection: flights, projectDir, warehouse, onEvent: () => {} })
      const [stream] = result.streams
      if (stream?.status !== 'succeeded') throw new Error(stream?.error?.message ?? 'the sync failed')
      rows = stream.tableRows ?? 0
    })
    return { rows, seconds: elapsed }
  } finally {
    await warehouse.close()
  }
}

export async function syncFigures(): Promise<readonly Figure[]> {
  const { rows, syncSeconds, ctasSeconds, ctasSameFormatSeconds } = await measureSync()
  return [
    {
      what: 'Sync of 3 million flights from Parquet',
      millrace: `${inSeconds(syncSeconds)} (${(rows / syncSeconds / 1e6).toFixed(1)} M rows/s)`,
      comparedWith: `DuckDB's own \`create table as\`: ${inSeconds(ctasSeconds)}`,
      ratio: times(syncSeconds / ctasSeconds),
    },
    {
      what: 'The same against a file in the format that Millrace makes',
      millrace: inSeconds(syncSeconds),
      comparedWith: `\`create table as\` there: ${inSeconds(ctasSameFormatSeconds)}`,
      ratio: times(syncSeconds / ctasSameFormatSeconds),
    },
  ]
}
