import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import { Database } from '../../src/metastore/database.js'
import { backUpMetastore, type Metastore, openMetastore, restoreMetastore } from '../../src/metastore/index.js'
import { migrations, ownTables } from '../../src/metastore/migrations/all.js'
import { applyMigration, makePlace } from '../../src/metastore/migrations/index.js'
import { type TestDatabase, testDatabase } from './database.js'
import { assetSpec, definitionsOf } from './definitions.js'

let database: TestDatabase
let dir: string
beforeAll(async () => {
  database = await testDatabase()
  dir = await mkdtemp(join(tmpdir(), 'millrace-backup-'))
})
afterAll(async () => {
  await database?.stop()
  await rm(dir, { recursive: true, force: true })
})

const newUrl = () => `${database.server.url}?schema=test_${randomBytes(4).toString('hex')}`
const logger = silentLogger
const backUp = (url: string, name: string) => backUpMetastore(join(dir, name), { url, logger, version: '1.2.3' })
const restore = (url: string, name: string, replaces = false) =>
  restoreMetastore(join(dir, name), { url, logger, replaces })

async function withStore<T>(url: string, work: (store: Metastore) => Promise<T>): Promise<T> {
  const store = await openMetastore({ url, logger })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

async function onTables<T>(url: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const tables = new Database(url, logger)
  try {
    return await tables.use(work)
  } finally {
    await tables.close()
  }
}

/** Every row of every table, as text. */
const contents = (url: string) =>
  onTables(url, async (client) => {
    const found: Record<string, unknown> = {}
    for (const table of ownTables) {
      const { rows } = await client.query(`select row_to_json(t)::text as row from ${table} as t order by 1`)
      found[table] = rows.map(({ row }) => row)
    }
    return found
  })

/** A store in which something happened. */
async function usedStore(): Promise<string> {
  const url = newUrl()
  await withStore(url, async (store) => {
    await store.publishDefinitions(
      definitionsOf({ assets: [assetSpec('raw/orders', { description: 'It\'s "x"\n\\ü' })] }),
    )
    const { run } = await store.requestRun({ selection: 'raw/orders', trigger: { type: 'manual' }, tags: { a: '1' } })
    const claimed = (await store.claimRuns('host:1', 60_000, { most: 1 }))[0]
    if (!claimed) throw new Error('Nothing to claim')
    await store.startRun(claimed.lease, [
      { key: 'ts:raw/orders', kind: 'typescript', assets: ['raw/orders'], checks: [], upstream: [] },
    ])
    await store.record(claimed.lease, {
      events: Array.from({ length: 2_500 }, (_, i) => ({
        type: 'log' as const,
        level: 'info' as const,
        message: `line ${i}`,
      })),
      steps: [],
    })
    expect(run.id).toBe(claimed.run.id)
    await store.setAutomation('nightly', 'schedule', true)
  })
  return url
}

describe('a backup of the store', () => {
  it('is all of it in another one, whose numbers go on where they were', async () => {
    const from = await usedStore()
    const report = await backUp(from, 'all.gz')
    expect(report.rows).toBeGreaterThan(2_500)
    expect((await stat(report.path)).mode & 0o777).toBe(0o600)
    const to = newUrl()
    expect(await restore(to, 'all.gz')).toMatchObject({ rows: report.rows, version: '1.2.3', applied: [] })
    expect(await contents(to)).toEqual(await contents(from))
    await withStore(to, async (store) => {
      const before = await store.readEvents({ newestFirst: true, limit: 1 })
      await store.requestRun({ selection: '*', trigger: { type: 'manual' } })
      const [after] = await store.readEvents({ newestFirst: true, limit: 1 })
      expect(after?.id).toBeGreaterThan(before[0]?.id ?? Number.POSITIVE_INFINITY)
      expect((await store.readDefinitions())?.assets[0]?.description).toBe('It\'s "x"\n\\ü')
    })
  })

  it('has neither sessions nor processes', async () => {
    const url = await usedStore()
    await withStore(url, (store) =>
      store.reportProcess({ name: 'h:1', kind: 'server', host: 'h', version: '1', runs: 'none', capacity: 0 }, true),
    )
    await backUp(url, 'processes.gz')
    const to = newUrl()
    await restore(to, 'processes.gz')
    expect((await contents(to)).processes).toEqual([])
  })

  it('of every version before is brought up to date', async () => {
    for (const { name: last } of migrations.slice(9).filter((_, i) => i % 5 === 0)) {
      const done = migrations.slice(0, migrations.findIndex(({ name }) => name === last) + 1)
      const from = newUrl()
      await onTables(from, async (client) => {
        await makePlace(client, new URL(from).searchParams.get('schema') as string)
        for (const migration of done) await applyMigration(client, migration)
        await client.query(
          "insert into runs (id, selection, trigger_type, status) values ('01a', 'raw/orders', 'manual', 'succeeded')",
        )
      })
      await backUp(from, `${last}.gz`)
      const to = newUrl()
      const { applied } = await restore(to, `${last}.gz`)
      expect(applied).toEqual(migrations.slice(done.length).map(({ name }) => name))
      expect(await withStore(to, (store) => store.listRuns({}))).toMatchObject([{ id: '01a', status: 'succeeded' }])
    }
  })

  it('cannot be made of a store that has no tables', async () => {
    await expect(backUp(newUrl(), 'none.gz')).rejects.toMatchObject({ code: 'METASTORE_BACKUP' })
    await expect(stat(join(dir, 'none.gz'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('a restore', () => {
  it('replaces runs only where that is said, and nothing that somebody works with', async () => {
    const url = await usedStore()
    await backUp(url, 'replace.gz')
    await expect(restore(url, 'replace.gz')).rejects.toMatchObject({ code: 'METASTORE_IN_USE' })
    await withStore(url, async (store) => {
      await store.requestRun({ selection: '*', trigger: { type: 'manual' } })
      await store.reportProcess(
        { name: 'h:1', kind: 'server', host: 'h', version: '1', runs: 'none', capacity: 0 },
        true,
      )
      await expect(restore(url, 'replace.gz', true)).rejects.toMatchObject({ code: 'METASTORE_IN_USE' })
      await store.removeProcess('h:1')
    })
    await restore(url, 'replace.gz', true)
    expect(await withStore(url, (store) => store.listRuns({}))).toHaveLength(1)
  })

  it('goes back behind what a newer version changed', async () => {
    const url = await usedStore()
    await backUp(url, 'former.gz')
    await onTables(url, async (client) => {
      await client.query('alter table runs add column next_word text')
      await client.query("insert into migrations (name) values ('999_next')")
    })
    await expect(openMetastore({ url, logger })).rejects.toMatchObject({ code: 'METASTORE_OTHER_VERSION' })
    await restore(url, 'former.gz', true)
    expect(
      await withStore(url, (store) => store.requestRun({ selection: '*', trigger: { type: 'manual' } })),
    ).toBeDefined()
  })

  it('of what is not whole, was made by a newer version, or is something else, changes nothing', async () => {
    const url = await usedStore()
    await backUp(url, 'good.gz')
    const lines = gunzipSync(await readFile(join(dir, 'good.gz')))
      .toString()
      .trimEnd()
      .split('\n')
    const packed = (some: readonly string[]) => gzipSync(`${some.join('\n')}\n`)
    const head = JSON.parse(lines[0] as string)
    const bad: Readonly<Record<string, Buffer>> = {
      'cut file': (await readFile(join(dir, 'good.gz'))).subarray(0, 2_000),
      'no end': packed(lines.slice(0, -1)),
      'a row less': packed(lines.filter((line) => !line.includes('"line 7"'))),
      'more behind the end': packed([...lines, ...lines.slice(1)]),
      'another table': packed(
        lines.map((line) => line.replace('{"table":"ticks"}', '{"table":"ticks; drop table runs"}')),
      ),
      'a broken row': packed(lines.map((line) => line.replace('"line 8"', '"line 8'))),
      text: Buffer.from('name: shop\n'),
      empty: Buffer.alloc(0),
    }
    const before = await contents(url)
    for (const [name, bytes] of Object.entries(bad)) {
      await writeFile(join(dir, 'bad.gz'), bytes)
      await expect(restore(url, 'bad.gz', true), name).rejects.toMatchObject({ code: 'METASTORE_BACKUP' })
    }
    await writeFile(
      join(dir, 'bad.gz'),
      packed([JSON.stringify({ ...head, migrations: [...head.migrations, '999_later'] }), ...lines.slice(1)]),
    )
    await expect(restore(url, 'bad.gz', true)).rejects.toMatchObject({ code: 'METASTORE_OTHER_VERSION' })
    expect(await contents(url)).toEqual(before)
  })
})

it('neither is done behind a pooler that drops the schema: the tables there may be those of another project', async () => {
  const url = await usedStore()
  await backUp(url, 'pooled.gz')
  const pooler = await openPooler(url)
  try {
    await expect(backUp(pooler.url, 'other.gz')).rejects.toMatchObject({ code: 'METASTORE_SCHEMA_IGNORED' })
    await expect(restore(pooler.url, 'pooled.gz', true)).rejects.toMatchObject({ code: 'METASTORE_SCHEMA_IGNORED' })
    // It gives each connection a session of its own, which may be told of the schema then.
    await backUp(`${pooler.url}&pooler=session`, 'session.gz')
    expect(await contents(`${pooler.url}&pooler=session`)).toEqual(await contents(url))
  } finally {
    pooler.server.close()
  }
})

/** Hands everything on but what a connection says of itself: https://www.postgresql.org/docs/current/protocol-message-formats.html */
async function openPooler(target: string) {
  const server = createServer((client) => {
    const onward = connect(Number(new URL(target).port), '127.0.0.1')
    for (const end of [client, onward]) end.on('error', () => {})
    client.once('data', (startup) => {
      const words = startup.subarray(8, -2).toString().split('\0')
      const at = words.indexOf('options')
      if (at >= 0) words.splice(at, 2)
      const rest = Buffer.from(`${words.join('\0')}\0\0`)
      const head = Buffer.from(startup.subarray(0, 8))
      head.writeInt32BE(8 + rest.length)
      onward.write(Buffer.concat([head, rest]))
      client.pipe(onward)
      onward.pipe(client)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  return { server, url: url.href }
}
