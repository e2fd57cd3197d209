import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SyncBench } from './sync-bench.js'

export const program = fileURLToPath(new URL('scripted-destination.mjs', import.meta.url))

interface Surroundings {
  /** What it says that it can. */
  readonly modes?: readonly string[]
  /** More settings of the connection's end, as YAML: `, heartbeat_seconds: 2`. */
  readonly more?: string
  /** Beside `config`: `, schema: x`. */
  readonly beside?: string
}

/** A destination that writes files into the folder `out` of the project, as YAML. @param config how it misbehaves */
export function scriptedDestination(config: object = {}, { modes, more = '', beside = '' }: Surroundings = {}): string {
  const words = ['node', program, ...(modes ? [`--modes=${modes.join(',')}`] : [])]
  return `{ connector: airbyte, config: { command: ${JSON.stringify(words)}, config: ${JSON.stringify({ out: 'out', ...config })}${more} }${beside} }`
}

interface WrittenRow {
  readonly data: Readonly<Record<string, unknown>>
  /** As it came. */
  readonly raw: string
  readonly emitted_at: number
  readonly changes: readonly object[]
  readonly generation: number
  readonly sync: number
}

/** What the destination has of a stream, as it wrote it. */
export function written(bench: SyncBench, stream = 's'): readonly WrittenRow[] {
  const path = join(bench.path('out'), `${stream}.jsonl`)
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** What the destination was told of a stream. */
export const writtenSchema = (bench: SyncBench, stream = 's') =>
  JSON.parse(readFileSync(join(bench.path('out'), `${stream}.jsonl.schema`), 'utf8')) as {
    readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  }

/** The streams of the destination as views of the schema `raw`. */
export async function showWritten(bench: SyncBench): Promise<void> {
  await bench.query('create schema if not exists raw')
  const names = (await readdir(bench.path('out')).catch(() => [])).filter((name) => name.endsWith('.jsonl'))
  for (const name of names.map((file) => file.slice(0, -'.jsonl'.length))) {
    const columns = Object.entries(writtenSchema(bench, name).properties).map(([column, schema]) => {
      const path = `'$.${JSON.stringify(column).replaceAll("'", "''")}'`
      const type = typeOf(schema)
      return `${type === 'JSON' ? `(raw->${path})` : `(raw->>${path})::${type}`} as "${column.replaceAll('"', '""')}"`
    })
    await bench.query(
      `create or replace view raw."${name}" as select ${columns.join(', ')},
         generation as _airbyte_generation_id, json_object('sync_id', sync, 'changes', changes) as _airbyte_meta
       from read_json('${bench.path('out')}/${name}.jsonl', format = 'newline_delimited', maximum_object_size = 100000000,
         columns = {raw: 'VARCHAR', generation: 'BIGINT', sync: 'BIGINT', changes: 'JSON'})`,
    )
  }
}

function typeOf({ type, format, airbyte_type: airbyte }: Readonly<Record<string, unknown>>): string {
  const name = [type].flat().find((one) => one !== 'null')
  if (name === undefined) return 'JSON'
  if (name === 'integer') return 'HUGEINT'
  if (name === 'number') return 'DOUBLE'
  if (name === 'boolean') return 'BOOLEAN'
  if (format === 'date') return 'DATE'
  if (format === 'time') return 'TIME'
  if (format === 'date-time') return airbyte === 'timestamp_without_timezone' ? 'TIMESTAMP' : 'TIMESTAMPTZ'
  return 'VARCHAR'
}
