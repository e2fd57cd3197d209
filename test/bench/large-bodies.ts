import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Figure, inMegabytes, inSeconds } from './figure.js'
import { portOf } from './server-port.js'
import { benchConnection, syncInProcess } from './sync-process.js'

const gigabyte = 1e9
/** Of CSV, which the aim is about; of the others a tenth. */
const csvBytes = Number(process.env.MILLRACE_BENCH_BODY_GB ?? 10) * gigabyte

const decoders = {
  csv: { type: 'CsvDecoder' },
  jsonl: { type: 'JsonlDecoder' },
  gzip: { type: 'GzipDecoder', decoder: { type: 'CsvDecoder' } },
} as const

/** One body of gigabytes, read by a manifest as it comes: how long that takes, and the most memory that the process had. */
export async function largeBodyFigures(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-bodies-'))
  const program = fileURLToPath(new URL('large-body-server.mjs', import.meta.url))
  const server = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const url = `http://127.0.0.1:${await portOf(server)}/`
    const figure = (kind: keyof typeof decoders, what: string, bytes: number, connector = 'warehouse') =>
      bodyFigure(folder, url, { kind, what, bytes, connector })
    return [
      await figure('csv', 'CSV', csvBytes),
      await figure('csv', 'CSV', csvBytes / 10, 'dev-null'),
      await figure('jsonl', 'JSON lines', csvBytes / 10),
      await figure('gzip', 'CSV, packed by gzip', csvBytes / 10),
    ]
  } finally {
    server.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Body {
  readonly kind: keyof typeof decoders
  readonly what: string
  readonly bytes: number
  readonly connector: string
}

async function bodyFigure(folder: string, url: string, { kind, what, bytes, connector }: Body): Promise<Figure> {
  const manifest = join(folder, `${kind}.json`)
  await writeFile(manifest, JSON.stringify(manifestOf(decoders[kind], `${kind}?bytes=${bytes}`)))
  const connection = benchConnection(
    { connector: 'declarative', config: { manifest, config: { url_base: url } } },
    { name: 'items', syncMode: 'full_refresh', destinationSyncMode: 'overwrite', primaryKey: [] },
    connector,
  )
  const target = { path: join(folder, `${kind}-${connector}.duckdb`) }
  const { seconds, peakMegabytes, recordsRead } = await syncInProcess(connection, target)
  await rm(target.path, { force: true })
  const where = connector === 'dev-null' ? 'nowhere' : 'DuckDB'
  return {
    what: `Peak memory of the process: a body of ${bytes / gigabyte} GB of ${what} into ${where}`,
    millrace: inMegabytes(peakMegabytes),
    comparedWith: `aim: 300 MB; ${inSeconds(seconds)}, ${Math.round(recordsRead / seconds / 1000)} k records/s`,
    ratio: '',
  }
}

const manifestOf = (decoder: object, path: string) => ({
  version: '6.0.0',
  type: 'DeclarativeSource',
  check: { type: 'CheckStream', stream_names: ['items'] },
  streams: [
    {
      type: 'DeclarativeStream',
      name: 'items',
      retriever: {
        type: 'SimpleRetriever',
        requester: { type: 'HttpRequester', url_base: "{{ config['url_base'] }}", path, http_method: 'GET' },
        decoder,
        record_selector: { type: 'RecordSelector', extractor: { type: 'DpathExtractor', field_path: [] } },
      },
      schema_loader: { type: 'InlineSchemaLoader', schema: { type: 'object', properties } },
    },
  ],
  spec: { type: 'Spec', connection_specification: { type: 'object', properties: { url_base: { type: 'string' } } } },
})

const nullable = (type: string) => ({ type: [type, 'null'] })
const properties = {
  id: nullable('integer'),
  uuid: nullable('string'),
  name: nullable('string'),
  email: nullable('string'),
  active: nullable('boolean'),
  score: nullable('number'),
  city: nullable('string'),
  note: nullable('string'),
  amount: nullable('number'),
  updated_at: { ...nullable('string'), format: 'date-time' },
}
