import { mkdir, readdir, readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../../src/base/index.js'
import { checkConnection, discoverConnection, listFiles, readConnections } from '../../src/extract-load/index.js'
import { newFiles } from '../../src/orchestrate/index.js'
import type { OnRead } from './broken-answers.js'
import { SyncBench, type SyncOptions } from './sync-bench.js'

/** A store of files that a test fills, and which can be made to fail. */
export interface RemoteServer {
  /** What addresses of its files begin with: `s3://lake/`. */
  readonly root: string
  /** How it is reached, as settings of the source. */
  readonly places: object
  /** The same for somebody whom it refuses, and what of it must not be shown. */
  readonly refused: object
  readonly secret: string
  /** Addresses and settings where no server is. */
  readonly nowhere: { readonly root: string; readonly places: object }
  /** Makes a file, or replaces it by another one. Times are whole seconds. */
  put(name: string, content: string | Buffer, modifiedAt?: Date): void
  remove(name: string): void
  /** Names begin as those of `put`. */
  onRead: OnRead | undefined
  /** So many questions are not answered. */
  failNext(times: number): void
  reset(): void
  stop(): Promise<void>
}

/** What every store does alike, whatever its protocol. */
export function readsRemoteFiles(start: () => Promise<RemoteServer>): void {
  let server: RemoteServer
  let bench: SyncBench
  const usual = process.env.TMPDIR
  const pausesMs: number[] = []
  /** Pauses are noted instead of waited for. */
  const clock: Clock = {
    ...systemClock,
    sleep: async (durationMs) => {
      pausesMs.push(durationMs)
    },
  }
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    server.reset()
    pausesMs.length = 0
    bench = await SyncBench.open()
    await mkdir(bench.path('tmp'))
    process.env.TMPDIR = bench.path('tmp')
  })
  afterEach(async () => {
    const left = await readdir(bench.path('tmp'))
    if (usual === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = usual
    await bench.close()
    expect(left).toEqual([])
  })

  const sourceOf = (path: string, { places = server.places, root = server.root, stream = {} } = {}) =>
    JSON.stringify({
      connector: 'file',
      config: { streams: [{ name: 's', path: `${root}${path}`, ...stream }], ...places },
    })
  const byFile = '{ sync_mode: incremental }'
  const sync = (path: string, settings = '{}', options: SyncOptions & Parameters<typeof sourceOf>[1] = {}) =>
    bench.syncSource(sourceOf(path, options), 's', settings, { clock, ...options })
  const ids = () => bench.query('select id from raw.s order by id')
  const connectionOf = async (source: string) => {
    await bench.connect(source, '{ s: {} }')
    return (await readConnections(bench.dir, bench.path('el'), { env: {} })).connections[0] as never
  }
  /** A file that needs many packets. */
  const rows = (count: number, value: string) =>
    `id,v\n${Array.from({ length: count }, (_, i) => `${i + 1},${value}`).join('\n')}\n`

  describe('a sensor of new files', () => {
    const look = async (path: string, cursor: unknown, places: object = server.places) => {
      const around = { projectDir: bench.dir, file: 'definitions.ts' }
      const sensor = newFiles({ path, places, target: '*' })
      const files = (asked: string, given: object | undefined) => listFiles(asked, { ...given }, around)
      const context = { cursor, files, projectDir: bench.dir } as unknown as Parameters<typeof sensor.evaluate>[0]
      return sensor.evaluate(context)
    }

    it('sees what came and what was changed, once', async () => {
      const path = `${server.root}in/*.csv`
      server.put('in/a.csv', 'id\n1\n', new Date('2024-01-01T00:00:00Z'))
      server.put('other/b.csv', 'id\n2\n')
      const first = await look(path, undefined)
      expect(first).toMatchObject({ skip: '1 file is there already' })
      server.put('in/a.csv', 'id\n1\n3\n', new Date('2024-01-02T00:00:00Z'))
      server.put('in/c.csv', 'id\n4\n', new Date('2024-01-03T00:00:00Z'))
      const second = await look(path, first.cursor)
      expect(second.runs?.map(({ tags }) => tags)).toEqual([
        { files: `${server.root}in/a.csv, ${server.root}in/c.csv` },
      ])
      expect(await look(path, second.cursor)).toEqual({ cursor: second.cursor, skip: 'nothing new' })
    })
    it('finds none where there are none yet', async () => {
      expect(await look(`${server.root}in/*.csv`, undefined)).toMatchObject({
        cursor: { files: {} },
        skip: '0 files are there already',
      })
      expect(await look(`${server.root}in/a.csv`, {})).toMatchObject({ cursor: { files: {} }, skip: 'nothing new' })
    })
    it('is told why it may not look, without what is secret', async () => {
      const refused = await look(`${server.root}in/*.csv`, {}, server.refused).catch((error: Error) => error)
      expect(refused).toBeInstanceOf(Error)
      expect(String(refused)).not.toContain(server.secret)
    })
  })

  describe('which files are read', () => {
    it('one, with the time that the server says', async () => {
      server.put('in/a.csv', 'id\n1\n', new Date('2024-01-02T03:04:05Z'))
      expect(await sync('in/a.csv')).toMatchObject({ status: 'succeeded', tableRows: 1 })
      expect(await bench.query('select id, _ab_source_file_last_modified from raw.s')).toEqual([
        [1, '2024-01-02T03:04:05Z'],
      ])
    })
    it('all that match a pattern, also those of the next page, and each row says from which it is', async () => {
      for (const [i, name] of ['a', 'b', 'c', 'd', 'e'].entries()) server.put(`in/${name}.csv`, `id\n${i + 1}\n`)
      server.put('in/2024/f.csv', 'id\n6\n')
      server.put('in/g.txt', 'id\n7\n')
      server.put('other/h.csv', 'id\n8\n')
      await sync('in/?.csv')
      expect(await bench.query('select id, _ab_source_file_url from raw.s order by id')).toEqual(
        ['a', 'b', 'c', 'd', 'e'].map((name, i) => [i + 1, `${server.root}in/${name}.csv`]),
      )
    })
    it.each([
      ['in/**/*.csv', [1, 2, 3]],
      ['in/*/*.csv', [2]],
      ['**/c.csv', [3]],
      ['in/2024*/**', [2, 3]],
      ['in/2024-01/x/*', [3]],
      ['in/2023/*.csv', []],
    ])('%s', async (pattern, expected) => {
      server.put('in/a.csv', 'id\n1\n')
      server.put('in/2024-01/b.csv', 'id\n2\n')
      server.put('in/2024-01/x/c.csv', 'id\n3\n')
      server.put('in2/d.csv', 'id\n4\n')
      const result = await sync(pattern)
      expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: expected.length })
      if (expected.length > 0) expect(await ids()).toEqual(expected.map((id) => [id]))
      else expect(result.note).toBe(`no file matches ${server.root}${pattern}`)
    })
    it('whatever they are called', async () => {
      const names = ["a b's+(1)&é%2F<x>;.csv", `${'long'.repeat(40)}.csv`, 'a=b/c#d.csv']
      for (const [i, name] of names.entries()) server.put(`odd/${name}`, `id\n${i}\n`)
      await sync('odd/**')
      expect(await ids()).toEqual([[0], [1], [2]])
      await sync(`odd/${names[0]}`, '{}', { fullRefresh: true })
      expect(await ids()).toEqual([[0]])
    })
    it('in each format, packed or not', async () => {
      await bench.parquet('a.parquet', 'select 1 as id')
      await bench.query(`copy (select 1 as id) to '${bench.path('a.csv.zst')}' (format csv, header, compression zstd)`)
      server.put('f/a.parquet', await readFile(bench.path('a.parquet')))
      server.put('f/a.csv.zst', await readFile(bench.path('a.csv.zst')))
      server.put('f/a.csv.gz', gzipSync('id\n1\n'))
      server.put('f/a.jsonl', '{"id":1}\n')
      server.put('f/a.json.gz', gzipSync('[{"id":1}]'))
      for (const name of ['a.parquet', 'a.csv.zst', 'a.csv.gz', 'a.jsonl', 'a.json.gz']) {
        expect(await sync(`f/${name}`, '{}', { fullRefresh: true })).toMatchObject({
          status: 'succeeded',
          tableRows: 1,
        })
        expect(await ids()).toEqual([[1]])
      }
    })
    it('those that are new or changed, and nothing where nothing is', async () => {
      server.put('in/a.csv', 'id\n1\n', new Date('2024-01-01T00:00:00Z'))
      server.put('in/b.csv', 'id\n2\n', new Date('2024-01-02T00:00:00Z'))
      expect(await sync('in/*.csv', byFile)).toMatchObject({ recordsCommitted: 2 })
      expect(await sync('in/*.csv', byFile)).toMatchObject({
        recordsRead: 0,
        isUnchanged: true,
        note: 'nothing new since 2024-01-02T00:00:00.000Z (2 files looked at)',
      })
      server.put('in/a.csv', 'id\n3\n', new Date('2024-01-03T00:00:00Z'))
      server.put('in/c.csv', 'id\n4\n', new Date('2023-01-01T00:00:00Z'))
      expect(await sync('in/*.csv', byFile)).toMatchObject({ recordsCommitted: 2 })
      expect(await ids()).toEqual([[1], [2], [3], [4]])
    })
    it('a few at a time, and each is removed when it was read', async () => {
      for (let i = 0; i < 30; i++) server.put(`many/${i}.csv`, `id\n${i}\n`)
      const most: number[] = []
      const result = await sync('many/*.csv', '{}', {
        onProgress: () => {
          readdir(bench.path('tmp'), { recursive: true }).then(
            (names) => most.push(names.filter((name) => name.endsWith('.csv')).length),
            () => {},
          )
        },
      })
      expect(result).toMatchObject({ status: 'succeeded', tableRows: 30 })
      expect(Math.max(...most)).toBeLessThan(8)
    })
  })

  describe('what goes wrong on the way', () => {
    it('a server that does not answer for a moment is asked again', async () => {
      server.put('in/a.csv', 'id\n1\n')
      server.failNext(2)
      expect(await sync('in/*.csv')).toMatchObject({ status: 'succeeded', tableRows: 1 })
      expect(pausesMs).toEqual([1_000, 3_000])
    })
    it('one that does not answer at all is asked four times, and the table stays', async () => {
      server.put('in/a.csv', 'id\n1\n')
      await sync('in/*.csv')
      server.failNext(100)
      const { error } = await sync('in/*.csv')
      expect(error).toMatchObject({ code: 'SOURCE_DOWNLOAD_FAILED', retryable: true })
      expect(pausesMs).toEqual([1_000, 3_000, 9_000])
      expect(await ids()).toEqual([[1]])
    })
    it('a connection that breaks goes on where it was', async () => {
      const content = rows(60_000, 'value')
      server.put('in/a.csv', content)
      const breaks = [100_000, 300_000, 10]
      let reads = 0
      server.onRead = () => {
        const afterBytes = breaks[reads]
        reads++
        return afterBytes === undefined ? undefined : { afterBytes }
      }
      const result = await sync('in/a.csv')
      expect(result).toMatchObject({ status: 'succeeded', tableRows: 60_000, bytesRead: content.length })
      expect(await bench.query('select count(distinct id), min(id), max(id), min(v) from raw.s')).toEqual([
        [60_000, 1, 60_000, 'value'],
      ])
      expect(reads).toBe(4)
    })
    it('one that breaks for ever ends the sync', async () => {
      server.put('in/a.csv', 'id\n1\n')
      server.onRead = () => ({ afterBytes: 0 })
      expect((await sync('in/a.csv')).error).toMatchObject({
        code: 'SOURCE_DOWNLOAD_FAILED',
        message: expect.stringContaining('in/a.csv'),
      })
      expect(pausesMs).toEqual([1_000, 3_000, 9_000])
    })
    it('one that falls silent is given up, and the error says after how long', async () => {
      server.put('in/a.csv', rows(10_000, 'value'))
      let reads = 0
      server.onRead = () => {
        reads++
        return { afterBytes: reads === 1 ? 20_000 : 0, isSilent: true }
      }
      expect((await sync('in/a.csv', '{}', { stream: { timeout_seconds: 0.4 } })).error).toMatchObject({
        code: 'SOURCE_DOWNLOAD_FAILED',
        message: expect.stringContaining('silent for 0.4 s'),
        hint: expect.stringContaining('timeout_seconds'),
      })
    })
    it('a file that is another one when its rest is asked for is read from its start', async () => {
      server.put('in/a.csv', rows(60_000, 'old'))
      let reads = 0
      server.onRead = () => {
        reads++
        if (reads === 1) return { afterBytes: 200_000 }
        server.put('in/a.csv', rows(50_000, 'new'), new Date('2024-02-01T00:00:00Z'))
        return undefined
      }
      expect(await sync('in/*.csv', byFile)).toMatchObject({ status: 'succeeded', tableRows: 50_000 })
      expect(await bench.query('select distinct v, _ab_source_file_last_modified from raw.s')).toEqual([
        ['new', '2024-02-01T00:00:00Z'],
      ])
      expect(await sync('in/*.csv', byFile)).toMatchObject({ recordsRead: 0 })
    })
    it('a file that changed since it was listed is read as it is now, and not once more', async () => {
      server.put('in/a.csv', 'id\n1\n')
      server.onRead = () => {
        server.onRead = undefined
        server.put('in/a.csv', 'id\n2\n', new Date('2024-02-01T00:00:00Z'))
        return undefined
      }
      expect(await sync('in/*.csv', byFile)).toMatchObject({ recordsCommitted: 1 })
      expect(await ids()).toEqual([[2]])
      expect(await sync('in/*.csv', byFile)).toMatchObject({ recordsRead: 0 })
    })
    it('a file that vanishes since it was listed ends the sync, and nothing is loaded', async () => {
      server.put('in/a1.csv', 'id\n1\n', new Date('2024-01-01T00:00:00Z'))
      server.put('in/a2.csv', 'id\n2\n', new Date('2024-01-02T00:00:00Z'))
      server.onRead = () => {
        server.remove('in/a2.csv')
        return undefined
      }
      expect(await sync('in/*.csv', byFile)).toMatchObject({
        status: 'failed',
        error: {
          code: 'SOURCE_FILE_NOT_FOUND',
          message: expect.stringContaining('in/a2.csv was there when the sync began'),
        },
      })
      expect(await bench.warehouse.listRelations({ schemas: ['raw'] })).toEqual([])
      expect(await sync('in/*.csv', byFile)).toMatchObject({ status: 'succeeded', tableRows: 1 })
    })
    it('a cancel ends it at once', async () => {
      server.put('in/a.csv', rows(60_000, 'value'))
      const cancel = new AbortController()
      server.onRead = () => {
        setTimeout(() => cancel.abort(), 20)
        return { afterBytes: 100_000, isSilent: true }
      }
      expect(await sync('in/a.csv', '{}', { signal: cancel.signal })).toMatchObject({ status: 'cancelled' })
      expect(pausesMs).toEqual([])
    })
  })

  describe('what is refused', () => {
    it('a file that is not there, with the pattern that may be meant', async () => {
      server.put('in/a.csv', 'id\n1\n')
      for (const path of ['in', 'in/', 'in/b.csv'])
        expect((await sync(path, '{}', { stream: { format: 'csv' } })).error).toMatchObject({
          code: 'SOURCE_FILE_NOT_FOUND',
          message: expect.stringContaining(`${server.root}${path}`),
          hint: expect.stringContaining(`${server.root}${path.replace(/\/$/, '')}/*.csv`),
          at: { file: 'el/c.yaml', line: 2 },
        })
      expect(pausesMs).toEqual([])
    })
    it('somebody whom the server does not know, without showing what he knows', async () => {
      server.put('in/a.csv', 'id\n1\n')
      const { error } = await sync('in/*.csv', '{}', { places: server.refused })
      expect(error).toMatchObject({
        code: 'SOURCE_REFUSED',
        hint: expect.stringMatching(/below `(s3|gcs|sftp)`/),
        at: { file: 'el/c.yaml', line: 2 },
      })
      expect(pausesMs).toEqual([])
      expect(JSON.stringify([error, bench.warnings, bench.logged])).not.toContain(server.secret)
    })
    it('a server that is not there, which is told', async () => {
      expect((await sync('in/*.csv', '{}', server.nowhere)).error).toMatchObject({
        code: 'SOURCE_DOWNLOAD_FAILED',
        message: expect.stringMatching(/refused|ECONNREFUSED|bad port/),
      })
    })
  })

  it('check counts the files and opens the newest; discover shows its columns and first rows', async () => {
    server.put('in/a.csv', 'id\n1\n', new Date('2024-01-01T00:00:00Z'))
    server.put('in/b.csv', 'id,name\n2,Ann\n', new Date('2024-01-02T00:00:00Z'))
    const connection = await connectionOf(sourceOf('in/*.csv'))
    const read: string[] = []
    server.onRead = (name) => {
      read.push(name)
      return undefined
    }
    expect(await checkConnection({ connection, projectDir: bench.dir })).toMatchObject({
      status: 'succeeded',
      message: expect.stringContaining('1 stream, 2 files'),
    })
    expect(read).toEqual(['in/b.csv'])
    expect(await discoverConnection({ connection, projectDir: bench.dir })).toMatchObject([
      {
        name: 's',
        jsonSchema: { properties: { id: { type: ['null', 'integer'] }, name: { type: ['null', 'string'] } } },
        sample: { columns: ['id', 'name'], rows: [[2, 'Ann']] },
      },
    ])
    const refused = await connectionOf(sourceOf('in/*.csv', { places: server.refused }))
    expect(await checkConnection({ connection: refused, projectDir: bench.dir })).toMatchObject({
      status: 'failed',
      error: { code: 'SOURCE_REFUSED' },
    })
  })
}
