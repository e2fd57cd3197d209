import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../src/base/index.js'
import {
  acceptSchema,
  type ChosenPartitions,
  type ClearedStream,
  type Connection,
  clearConnection,
  readConnections,
  type SettingsKeeper,
  type StreamResult,
  syncConnection,
} from '../../src/extract-load/index.js'
import { type Cell, openDuckDb, type Warehouse, withConnection } from '../../src/warehouse/index.js'

export interface SyncOptions {
  /** More settings of the source's stream, as YAML: `bad_rows: skip`. */
  readonly source?: string
  readonly fullRefresh?: boolean
  readonly resumesFullRefresh?: boolean
  /** Only these. */
  readonly streams?: readonly string[]
  readonly signal?: AbortSignal
  readonly settingsKeeper?: SettingsKeeper
  readonly clock?: Clock
  readonly checkpoint?: { readonly bytes: number; readonly ms: number }
  readonly partitions?: ReadonlyMap<string, readonly ChosenPartitions[]>
  readonly runId?: string
  /** Called when a file was read, between two of them. */
  readonly onProgress?: () => unknown
}

interface Surroundings {
  /** As YAML. */
  readonly destination?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** A folder, a warehouse in memory and one connection `c` with one stream `s`, for tests of syncs. */
export class SyncBench {
  readonly dir: string
  readonly warehouse: Warehouse
  readonly warnings: string[] = []
  /** What else was logged. */
  readonly logged: string[] = []

  /** More of the connection, as YAML. */
  settings = ''

  readonly #destination: string

  private constructor(dir: string, warehouse: Warehouse, destination: string) {
    this.dir = dir
    this.warehouse = warehouse
    this.#destination = destination
  }

  /**
   * @param open the warehouse; a DuckDB in memory when left out
   * @param destination as YAML
   */
  static async open(
    open: () => Promise<Warehouse> = () => openDuckDb({ path: ':memory:' }),
    destination = '{ schema: raw }',
  ): Promise<SyncBench> {
    const dir = await mkdtemp(join(tmpdir(), 'millrace-sync-'))
    await mkdir(join(dir, 'el'))
    return new SyncBench(dir, await open(), destination)
  }

  async close(): Promise<void> {
    await this.warehouse.close()
    await rm(this.dir, { recursive: true })
  }

  path = (name: string) => join(this.dir, name)
  write = (name: string, content: string | Uint8Array) => writeFile(this.path(name), content)

  /** Makes a Parquet file of a query. */
  async parquet(name: string, query: string): Promise<void> {
    await this.query(`copy (${query}) to '${this.path(name)}' (format parquet)`)
  }

  /** The Parquet files of a folder of the bench as views of the schema `raw`, one for each folder in it. */
  async showFiles(folder: string): Promise<void> {
    await this.query('create schema if not exists raw')
    const namesIn = (path: string) => readdir(this.path(path)).catch(() => [])
    for (const name of (await namesIn(folder)).filter((one) => !one.startsWith('_'))) {
      if (!(await namesIn(`${folder}/${name}`)).some((file) => file.endsWith('.parquet'))) continue
      await this.query(
        `create or replace view raw."${name}" as select * from read_parquet('${this.path(folder)}/${name}/*.parquet', union_by_name = true)`,
      )
    }
  }

  async query(sql: string): Promise<readonly (readonly Cell[])[]> {
    return (await withConnection(this.warehouse, (connection) => connection.query(sql))).rows
  }

  async connection(path: string, settings = '{}', source?: string): Promise<Connection> {
    const stream = `{ name: s, path: "${path}"${source === undefined ? '' : `, ${source}`} }`
    return this.#connection(`{ connector: file, config: { streams: [ ${stream} ] } }`, 's', settings)
  }

  #connection(source: string, stream: string, settings: string): Promise<Connection> {
    return this.#connectionOf(source, `{ ${stream}: ${settings} }`)
  }

  async #connectionOf(
    source: string,
    streams: string,
    { destination = this.#destination, env = {} }: Surroundings = {},
  ): Promise<Connection> {
    await this.write(
      'el/c.yaml',
      `name: c\nsource: ${source}\ndestination: ${destination}\nstreams: ${streams}\n${this.settings}\n`,
    )
    const { connections, problems } = await readConnections(this.dir, this.path('el'), { env })
    if (problems[0]) throw problems[0]
    return connections[0] as Connection
  }

  /** Syncs the stream over `path` with these settings, written as YAML. */
  async sync(path: string, settings?: string, { source, ...options }: SyncOptions = {}): Promise<StreamResult> {
    return this.#sync(await this.connection(path, settings, source), options)
  }

  /** Syncs one stream of a source that is written as YAML: `{ connector: postgres, config: … }`. */
  async syncSource(source: string, stream: string, settings = '{}', options: SyncOptions = {}): Promise<StreamResult> {
    return this.#sync(await this.#connection(source, stream, settings), options)
  }

  /** Writes the connection without syncing it; all of it as YAML. */
  connect(source: string, streams: string, destination?: string, env?: Surroundings['env']): Promise<Connection> {
    return this.#connectionOf(source, streams, { destination, env })
  }

  /** Lets the next sync take the fields of these streams as they are. */
  async accept(streams: readonly string[]): Promise<readonly string[]> {
    const { connections } = await readConnections(this.dir, this.path('el'), { env: {} })
    return acceptSchema(
      { connection: connections[0] as Connection, projectDir: this.dir, warehouse: this.warehouse },
      streams,
    )
  }

  /** Clears these streams, or all, of the connection as it was synced last. */
  async clear(
    streams?: readonly string[],
    options: Pick<SyncOptions, 'signal'> = {},
  ): Promise<readonly ClearedStream[]> {
    const { connections } = await readConnections(this.dir, this.path('el'), { env: {} })
    return clearConnection({
      connection: connections[0] as Connection,
      projectDir: this.dir,
      warehouse: this.warehouse,
      onEvent: () => {},
      ...options,
      ...(streams ? { streams } : {}),
    })
  }

  /** Syncs several streams of a source; all of it as YAML. */
  async syncStreams(
    source: string,
    streams: string,
    { destination, env, ...options }: SyncOptions & Surroundings = {},
  ): Promise<readonly StreamResult[]> {
    return this.#syncAll(await this.#connectionOf(source, streams, { destination, env }), options)
  }

  async #sync(connection: Connection, options: SyncOptions): Promise<StreamResult> {
    return (await this.#syncAll(connection, options))[0] as StreamResult
  }

  async #syncAll(connection: Connection, { onProgress, ...options }: SyncOptions): Promise<readonly StreamResult[]> {
    const { streams } = await syncConnection({
      connection,
      projectDir: this.dir,
      warehouse: this.warehouse,
      onEvent: (event) => {
        if (event.type === 'log') (event.level === 'warn' ? this.warnings : this.logged).push(event.message)
        if (event.type === 'stream_rate_limited') this.logged.push(`${event.stream} waits until ${event.until}`)
        if (event.type === 'stream_progress') onProgress?.()
      },
      ...options,
    })
    return streams
  }
}
