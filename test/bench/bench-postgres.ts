import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { silentLogger } from '../../src/base/index.js'
import type { Connection } from '../../src/extract-load/index.js'
import { startEmbeddedPostgres } from '../../src/metastore/index.js'
import { seconds } from './example-copy.js'
import { benchConnection } from './sync-process.js'

export const orderRows = 5_000_000

/** Ten columns of the usual types. */
const orders = `
  create table orders as
  select i as id, (i * 7919 % 200003)::int as customer_id, (array['new', 'paid', 'packed', 'shipped', 'returned'])[1 + i % 5] as status,
    ((i * 104729) % 1000000 / 100.0)::numeric(12, 2) as amount, (1 + i % 9)::int as quantity, i % 11 = 0 as is_gift,
    case when i % 10 > 0 then left(repeat(md5(i::text), 3), (i % 81)::int) end as note,
    jsonb_build_object('channel', (array['web', 'app', 'shop'])[1 + i % 3], 'score', i % 100) as attributes,
    timestamptz '2020-01-01' + make_interval(secs => i * 31) as created_at, timestamp '2020-01-02' + make_interval(secs => i * 31) as updated_at
  from generate_series(1::bigint, ${orderRows}) i;
  alter table orders add primary key (id);
  create index on orders (updated_at);
  analyze orders`

/** A PostgreSQL with five million orders, for figures. */
export class BenchPostgres {
  readonly client: pg.Client
  readonly url: string
  readonly folder: string
  readonly #stop: () => Promise<void>

  private constructor(client: pg.Client, url: string, folder: string, stop: () => Promise<void>) {
    this.client = client
    this.url = url
    this.folder = folder
    this.#stop = stop
  }

  static async start(): Promise<BenchPostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-postgres-'))
    // As root PostgreSQL runs as nobody, who must be able to come here.
    await chmod(folder, 0o755)
    const server = await startEmbeddedPostgres({
      dataDir: join(folder, 'postgres'),
      logger: silentLogger,
      settings: {
        wal_level: 'logical',
        max_wal_senders: '4',
        max_replication_slots: '4',
        shared_buffers: '512MB',
        max_wal_size: '4GB',
      },
    })
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query(orders)
    return new BenchPostgres(client, server.url, folder, async () => {
      await client.end()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    })
  }

  /** The source's settings, and those of a warehouse on the same server. */
  get access() {
    const { hostname: host, port, username, password } = new URL(this.url)
    return { host, port: Number(port), database: 'postgres', username, password: decodeURIComponent(password) }
  }

  connection(stream: Connection['streams'][number], settings: Readonly<Record<string, unknown>> = {}): Connection {
    return benchConnection({ connector: 'postgres', config: { ...this.access, ...settings } }, stream)
  }

  /** What a shell's line takes, with the address in `$URL`; undefined where there is no psql. */
  async shell(command: string): Promise<number | undefined> {
    try {
      return await seconds(() =>
        promisify(execFile)('sh', ['-c', command], { env: { ...process.env, URL: this.url }, maxBuffer: 1e9 }),
      )
    } catch (error) {
      if (/not found/.test(String((error as { stderr?: string }).stderr))) return undefined
      throw error
    }
  }

  stop(): Promise<void> {
    return this.#stop()
  }
}
