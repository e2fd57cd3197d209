import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Connection } from '../../src/extract-load/index.js'
import { openDuckDb } from '../../src/warehouse/index.js'
import { cli, median, seconds } from './example-copy.js'
import { cdk, type Figure, inMegabytes, inSeconds, times } from './figure.js'
import { portOf } from './server-port.js'
import { benchConnection, syncHere, syncInProcess } from './sync-process.js'

const pages = 100
const perPage = 1_000
const records = pages * perPage
const rounds = 5
const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const manifest = beside('page-server.manifest.yaml')

/** A manifest of Airbyte's, read here and loaded into DuckDB, beside the Python CDK that only writes the records down, and programs by hand that do that or load them too. */
export async function declarativeFigures(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-declarative-'))
  const server = spawn(process.execPath, [beside('page-server.mjs'), String(pages), String(perPage)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const url = `http://127.0.0.1:${await portOf(server)}/`
    return [...(await speedFigures(folder, url)), ...(await startFigures(folder, url))]
  } finally {
    server.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

async function speedFigures(folder: string, url: string): Promise<Figure[]> {
  const connection = connectionTo(url)
  const files = await cdkFiles(folder, url)
  const ours: number[] = []
  const theirs: number[] = []
  const byHand: number[] = []
  const loadedByHand: number[] = []
  const running: number[] = []
  const toNothing: number[] = []
  let peakMegabytes = 0
  for (let round = 0; round < rounds; round++) {
    const target = { type: 'duckdb', path: join(folder, `${round}.duckdb`) }
    const synced = await syncInProcess(connection, target)
    if (synced.tableRows !== records) throw new Error(`${synced.tableRows} rows, not ${records}`)
    ours.push(synced.seconds)
    running.push(await secondsHere(connection, join(folder, `running-${round}.duckdb`)))
    // What it read there before it knows: each round has a project of its own.
    toNothing.push(await secondsHere(connectionTo(url, 'dev-null'), ':memory:', join(folder, `nothing-${round}`)))
    peakMegabytes = Math.max(peakMegabytes, synced.peakMegabytes)
    if (cdk.command === undefined) continue
    theirs.push(await seconds(() => toNowhere(declarativeProgram(cdk.command as string), ['read', ...files])))
    const reader = [beside('page_reader.py'), url]
    byHand.push(await seconds(() => toNowhere(cdk.command as string, reader)))
    const database = join(folder, `by-hand-${round}.duckdb`)
    loadedByHand.push(await seconds(() => toNowhere(cdk.command as string, [...reader, database])))
  }
  const own = median(ours)
  const here = median(running)
  const nothing = median(toNothing)
  const rate = (value: number) => `${Math.round(records / value / 100) / 10} k records/s`
  const toNowhereByHand = { what: '(requests, orjson) to nowhere', seconds: median(byHand) }
  const intoDuckDbByHand = { what: '(requests, orjson, duckdb) into DuckDB', seconds: median(loadedByHand) }
  const besidePeers = (value: number, hand: typeof intoDuckDbByHand) => {
    if (theirs.length === 0) return { comparedWith: `not measured: name it in ${cdk.variable}`, ratio: '' }
    const python = median(theirs)
    return {
      comparedWith: `${cdk.name} to nowhere: ${inSeconds(python)} (${rate(python)}), by hand in Python ${hand.what}: ${inSeconds(hand.seconds)} (${rate(hand.seconds)})`,
      ratio: `${times(value / python)}, ${times(value / hand.seconds)}`,
    }
  }
  return [
    {
      what: 'A manifest, 100 pages of 1 000 nested records over HTTP into DuckDB, a process of its own',
      millrace: `${inSeconds(own)} (${rate(own)})`,
      ...besidePeers(own, intoDuckDbByHand),
    },
    {
      what: 'The same in an engine that runs',
      millrace: `${inSeconds(here)} (${rate(here)})`,
      ...besidePeers(here, intoDuckDbByHand),
    },
    {
      what: 'The same to nowhere (`dev-null`), in an engine that runs',
      millrace: `${inSeconds(nothing)} (${rate(nothing)})`,
      ...besidePeers(nothing, toNowhereByHand),
    },
    {
      what: 'Peak memory of the process: the same',
      millrace: inMegabytes(peakMegabytes),
      comparedWith: 'aim: 500 MB',
      ratio: '',
    },
  ]
}

async function secondsHere(connection: Connection, path: string, projectDir = process.cwd()): Promise<number> {
  const warehouse = await openDuckDb({ path })
  try {
    return await seconds(() => syncHere(connection, projectDir, warehouse))
  } finally {
    await warehouse.close()
  }
}

const connectionTo = (url: string, destination = 'warehouse'): Connection =>
  benchConnection(
    { connector: 'declarative', config: { manifest, config: { url_base: url } } },
    { name: 'items', syncMode: 'incremental', destinationSyncMode: 'append_dedup', primaryKey: [['id']] },
    destination,
  )

async function cdkFiles(folder: string, url: string): Promise<string[]> {
  const write = async (name: string, value: unknown) => {
    await writeFile(join(folder, name), JSON.stringify(value))
    return join(folder, name)
  }
  const stream = {
    stream: { name: 'items', json_schema: {}, supported_sync_modes: ['full_refresh', 'incremental'] },
    sync_mode: 'incremental',
    destination_sync_mode: 'append',
    cursor_field: ['updated_at'],
  }
  return [
    ...['--config', await write('config.json', { url_base: url })],
    ...['--catalog', await write('catalog.json', { streams: [stream] })],
    ...['--manifest-path', manifest],
  ]
}

const declarativeProgram = (python: string) => join(dirname(python), 'source-declarative-manifest')

async function toNowhere(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore'] })
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error(`${command} ended with ${code}`)
}

/** What a person waits for who asks for a connector's settings; and a manifest as large as the largest there are. */
async function startFigures(folder: string, url: string): Promise<Figure[]> {
  const project = join(folder, 'project')
  const added = join(project, 'extract_load/connectors/pages')
  await mkdir(added, { recursive: true })
  await writeFile(join(project, 'millrace.yaml'), 'name: pages\n')
  await cp(manifest, join(added, 'manifest.yaml'))
  const ours: number[] = []
  const theirs: number[] = []
  const files = await cdkFiles(folder, url)
  for (let round = 0; round < 5; round++) {
    const args = [cli, 'connectors', 'spec', 'pages', '--json', '--project-dir', project]
    ours.push(await seconds(() => promisify(execFile)(process.execPath, args)))
    if (cdk.command !== undefined)
      theirs.push(
        await seconds(() => toNowhere(declarativeProgram(cdk.command as string), ['spec', ...files.slice(4)])),
      )
  }
  return [
    {
      what: 'Settings of a manifest: `connectors spec`, a process of its own',
      millrace: inSeconds(median(ours)),
      comparedWith: theirs.length === 0 ? 'aim: 0.2 s' : `aim: 0.2 s; ${cdk.name}: ${inSeconds(median(theirs))}`,
      ratio: theirs.length === 0 ? '' : times(median(ours) / median(theirs)),
    },
    await loadFigure(),
  ]
}

async function loadFigure(): Promise<Figure> {
  const { readManifest } = await import('../../src/extract-load/declarative/index.js')
  const text = largeManifest(await readFile(manifest, 'utf8'))
  const loads: number[] = []
  for (let round = 0; round < 3; round++) {
    // Another text each time: what is kept of one is of no use.
    const own = `${text}\n# ${round}\n`
    loads.push(await seconds(async () => readManifest(own, { file: 'large.yaml' })))
  }
  return {
    what: `Load and check a manifest of ${Math.round(text.length / 1000)} kB`,
    millrace: inSeconds(loads[0] as number),
    comparedWith: 'aim: 0.5 s',
    ratio: '',
  }
}

/** The same stream again and again, under other names, until it is as large as the largest manifests are. */
function largeManifest(text: string): string {
  const from = text.indexOf('  - type: DeclarativeStream')
  const to = text.indexOf('spec:\n', from)
  const stream = text.slice(from, to)
  const copies = Math.ceil(600_000 / stream.length)
  const streams = Array.from({ length: copies }, (_, i) => stream.replace('name: items', `name: items_${i}`))
  return (
    text.slice(0, from) + streams.join('') + text.slice(to).replace('stream_names: [items]', 'stream_names: [items_0]')
  )
}
