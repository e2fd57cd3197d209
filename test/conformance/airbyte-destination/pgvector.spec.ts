import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkConnection, readConnections } from '../../../src/extract-load/index.js'
import { SyncBench } from '../../support/sync-bench.js'

/** The program of the package airbyte-destination-pgvector, as Airbyte publishes it. */
const program = process.env.MILLRACE_PGVECTOR_DESTINATION ?? ''
/** A PostgreSQL with the extension `vector`, where it makes tables. */
const url = process.env.MILLRACE_PGVECTOR_URL ?? ''

describe.skipIf(program === '' || url === '')("Airbyte's own connector for pgvector", () => {
  let bench: SyncBench
  let client: pg.Client
  beforeEach(async () => {
    bench = await SyncBench.open()
    client = new pg.Client({ connectionString: url })
    await client.connect()
    // It finds the tables that it makes only where names without a schema are looked for.
    await client.query('create extension if not exists vector; drop table if exists public.s')
  })
  afterEach(async () => {
    await client.query('drop table if exists public.s')
    await client.end()
    await bench.close()
  })

  const destination = () => {
    const { hostname: host, port, username, password, pathname } = new URL(url)
    const config = {
      embedding: { mode: 'fake' },
      processing: { chunk_size: 1000, text_fields: ['v'], metadata_fields: ['id'] },
      indexing: {
        host,
        port: Number(port || 5432),
        database: pathname.slice(1),
        default_schema: 'public',
        username,
        credentials: { password: decodeURIComponent(password) },
      },
    }
    return `{ connector: airbyte, config: { command: '${program}', config: ${JSON.stringify(config)} } }`
  }
  const source = '{ connector: file, config: { streams: [ { name: s, path: a.csv } ] } }'
  const sync = async (settings: string, options: object = {}) =>
    (await bench.syncStreams(source, `{ s: ${settings} }`, { destination: destination(), ...options }))[0]
  const documents = async () =>
    (await client.query({ text: 'select document_content from public.s order by 1', rowMode: 'array' })).rows.flat()

  it('is checked', async () => {
    await bench.connect(source, '{ s: {} }', destination())
    await bench.write('a.csv', 'id,v\n1,a\n')
    const { connections } = await readConnections(bench.dir, bench.path('el'), { env: {} })
    expect(await checkConnection({ connection: connections[0] as never, projectDir: bench.dir })).toMatchObject({
      status: 'succeeded',
    })
  })

  it('takes rows by key, replaces them, and starts over', async () => {
    const merged = '{ sync_mode: incremental, primary_key: id, cursor_field: at }'
    await bench.write('a.csv', 'id,at,v\n1,1,a\n2,1,b\n')
    expect(await sync(merged)).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
    await bench.write('a.csv', 'id,at,v\n1,2,A\n2,1,b\n3,2,c\n')
    expect(await sync(merged)).toMatchObject({ status: 'succeeded' })
    expect(await documents()).toEqual(['v: A', 'v: b', 'v: c'])
    await bench.write('a.csv', 'id,at,v\n4,2,d\n')
    expect(await sync(merged, { fullRefresh: true })).toMatchObject({ status: 'succeeded' })
    expect(await documents()).toEqual(['v: d'])
    await bench.write('a.csv', 'id,at,v\n5,2,e\n')
    expect(await sync('{}')).toMatchObject({ status: 'succeeded' })
    expect(await documents()).toEqual(['v: e'])
  })
})
