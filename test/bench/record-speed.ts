import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { type Connection, syncConnection } from '../../src/extract-load/index.js'
import { openDuckDb } from '../../src/warehouse/index.js'
import { median, seconds } from './example-copy.js'
import { type Figure, inSeconds, times } from './figure.js'

const rows = 1_000_000
const rowsPerState = 10_000
const rounds = 5
const program = fileURLToPath(new URL('record-source.mjs', import.meta.url))

const schema = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    name: { type: ['null', 'string'] },
    email: { type: 'string' },
    created_at: { type: 'string', format: 'date-time' },
    age: { type: 'integer' },
    score: { type: 'number' },
    active: { type: 'boolean' },
    address: { type: 'object' },
    tags: { type: 'array' },
  },
}

const record = (id: number) => ({
  id,
  name: `Name ${id}`,
  email: `user${id}@example.com`,
  created_at: new Date(1.6e12 + id * 1000).toISOString(),
  age: id % 90,
  score: id / 7,
  active: id % 2 === 0,
  address: { city: `X${id % 100}`, zip: String(id) },
  tags: ['a', 'b'],
})

async function writeMessages(path: string): Promise<void> {
  const file = createWriteStream(path)
  for (let from = 0; from < rows; from += rowsPerState) {
    let text = ''
    for (let id = from; id < from + rowsPerState; id++)
      text += `${JSON.stringify({ type: 'RECORD', record: { stream: 'users', data: record(id), emitted_at: 1.7e12 + id } })}\n`
    const stream = { stream_descriptor: { name: 'users' }, stream_state: { next: from + rowsPerState } }
    text += `${JSON.stringify({ type: 'STATE', state: { type: 'STREAM', stream, sourceStats: { recordCount: rowsPerState } } })}\n`
    if (!file.write(text)) await once(file, 'drain')
  }
  file.end()
  await finished(file)
}

/** Records of an Airbyte connector that is as fast as its pipe, into a new warehouse; beside the connector alone, its output thrown away. */
export async function recordFigures(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-records-'))
  try {
    const messages = join(folder, 'messages.jsonl')
    await writeMessages(messages)
    const config = { messages, schema }
    const path = join(folder, 'config.json')
    await writeFile(path, JSON.stringify(config))
    const connection: Connection = {
      name: 'records',
      file: 'records.yaml',
      source: { connector: 'airbyte', config: { command: [process.execPath, program], config } },
      destination: { connector: 'warehouse', config: {}, schema: 'raw', prefix: '', cdcDeletes: 'hard' },
      schemaChanges: 'propagate_columns',
      followsStreams: false,
      streams: [{ name: 'users', syncMode: 'incremental', destinationSyncMode: 'append' }],
    }
    const alone: number[] = []
    const synced: number[] = []
    for (let round = 0; round < rounds; round++) {
      alone.push(await seconds(() => runAlone(path)))
      synced.push(await seconds(() => sync(connection, folder, join(folder, `${round}.duckdb`))))
    }
    const whole = median(synced)
    return [
      {
        what: 'Sync of 1 million records of an Airbyte connector, all of it',
        millrace: `${inSeconds(whole)} (${Math.round(rows / whole / 1000)} k records/s)`,
        comparedWith: `the connector alone, which has them ready: ${inSeconds(median(alone))}`,
        ratio: times(whole / median(alone)),
      },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runAlone(config: string): Promise<void> {
  const child = spawn(process.execPath, [program, 'read', '--config', config], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await once(child, 'close')
}

async function sync(connection: Connection, projectDir: string, path: string): Promise<void> {
  const warehouse = await openDuckDb({ path })
  try {
    const { streams } = await syncConnection({ connection, projectDir, warehouse, onEvent: () => {} })
    if (streams[0]?.tableRows !== rows) throw new Error(streams[0]?.error?.message ?? 'rows are missing')
  } finally {
    await warehouse.close()
  }
}
