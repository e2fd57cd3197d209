import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { SyncBench } from './sync-bench.js'

const program = fileURLToPath(new URL('./scripted-source.mjs', import.meta.url))

/** What a source was given to read by, as texts of its files. */
export interface SourceFiles {
  readonly catalog: string
  readonly state: string | null
}

const integer = { type: 'integer' }
const properties = { id: integer, at: { type: 'string', format: 'date-time' }, v: { type: ['null', 'string'] } }
const stream = (name: string, more: object = {}) => ({
  name,
  json_schema: { type: 'object', properties },
  supported_sync_modes: ['full_refresh', 'incremental'],
  ...more,
})
/** Each way in which a stream can be read and loaded. */
const streams = [
  stream('replaced'),
  stream('replaced_once', { source_defined_primary_key: [['id']] }),
  stream('added', { source_defined_cursor: true, default_cursor_field: ['at'], is_resumable: true }),
  stream('merged'),
  stream('chosen', { namespace: 'shop' }),
  stream('chosen', { namespace: 'bank' }),
]
const settings = `{
  replaced: {},
  replaced_once: { destination_sync_mode: overwrite_dedup, primary_key: id },
  added: { sync_mode: incremental },
  merged: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: [id, v], cursor_field: at },
  shop.chosen: { destination_sync_mode: append, fields: [id] },
  bank.chosen: { sync_mode: incremental, primary_key: id, cursor_field: at } }`

const ownState = (descriptor: string, state: string) =>
  `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":${descriptor},"stream_state":${state}},"sourceStats":{"recordCount":0.0}}}`
const ownStates = [
  ownState('{"name":"added"}', '{"at":"2024-01-01T00:00:00Z","n":12345678901234567890.10}'),
  ownState('{"name":"merged"}', '{"score":NaN,"parts":[{"x":{"y":null}}]}'),
  ownState('{"name":"chosen","namespace":"bank"}', '{}'),
]
const sharedState =
  '{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":{"lsn":1},"stream_states":[{"stream_descriptor":{"name":"added"},"stream_state":{"n":1}},{"stream_descriptor":{"name":"merged"}}]}}}'

/** The files that sources are given, in all of these ways, in the first sync and in one that goes on. */
export async function sourceFiles(): Promise<readonly SourceFiles[]> {
  const files: SourceFiles[] = []
  for (const script of [ownStates, [sharedState]]) {
    const bench = await SyncBench.open()
    try {
      const seen = bench.path('seen')
      const config = { seen, streams, script: script.map((raw) => ({ raw })) }
      const source = `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify(config)} } }`
      for (const _ of ['first', 'next']) {
        const results = await bench.syncStreams(source, settings)
        const failed = results.find(({ error }) => error)
        if (failed) throw new Error(`${failed.stream}: ${failed.error?.message}`)
      }
      const said = (await readFile(seen, 'utf8')).trim().split('\n')
      const reads = said.map((line) => JSON.parse(line) as SourceFiles & { readonly verb: string })
      for (const { verb, catalog, state } of reads) if (verb === 'read') files.push({ catalog, state: state ?? null })
    } finally {
      await bench.close()
    }
  }
  return files
}
