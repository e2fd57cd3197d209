import { rmSync } from 'node:fs'
import { mkdir, utimes } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { syncConnection } from '../../src/extract-load/index.js'
import { SyncBench } from '../support/sync-bench.js'
import { zipOf } from '../support/workbook.js'

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
})
afterEach(() => bench.close())
const ids = () => bench.query('select id from raw.s order by id')
const byFile = '{ sync_mode: incremental }'

describe('which files are read', () => {
  it('a pattern reaches into folders, and each row says from which file it is', async () => {
    await mkdir(bench.path('in/2024'), { recursive: true })
    await bench.write('in/a.csv', 'id\n1\n')
    await bench.write('in/2024/b.csv', 'id\n2\n')
    await bench.write('in/2024/c.txt', 'id\n3\n')
    await bench.sync('in/**/*.csv')
    expect(await bench.query('select id, _ab_source_file_url from raw.s order by id')).toEqual([
      [1, 'in/a.csv'],
      [2, 'in/2024/b.csv'],
    ])
  })
  it('a file whose name holds characters of patterns is one file', async () => {
    await bench.write('a[1].csv', 'id\n1\n')
    await bench.write('a1.csv', 'id\n2\n')
    await bench.sync('a[1].csv')
    expect(await ids()).toEqual([[1]])
  })
  it.each([
    ['a.csv.gz', 'id,v\n1,x\n'],
    ['a.jsonl.gz', '{"id":1,"v":"x"}\n'],
    ['a.json.gz', '[{"id":1,"v":"x"}]'],
  ])('%s is unpacked', async (name, text) => {
    await bench.write(name, gzipSync(text))
    await bench.sync(name)
    expect(await bench.query('select id, v from raw.s')).toEqual([[1, 'x']])
  })
  it.each([
    ['a.csv.zip', { 'in/a.csv': 'id,v\n1,x\n', 'in/': '', '__MACOSX/in/._a.csv': '?' }],
    ['a.jsonl.zip', { 'a.jsonl': '\ufeff{"id":1,"v":"x"}\n' }],
    ['a.json.zip', { 'export 2024.json': '[{"id":1,"v":"x"}]' }],
  ])('%s is unpacked, where one file is in it', async (name, packed) => {
    await bench.write(name, zipOf(packed))
    await bench.sync(name)
    expect(await bench.query('select id, v from raw.s')).toEqual([[1, 'x']])
  })
  it.each([
    ['two.csv.zip', zipOf({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' }), 'there are 2'],
    ['none.csv.zip', zipOf({}), 'there is none'],
    ['other.csv.zip', Buffer.from('id\n1\n'), 'no ZIP archive'],
    ['half.csv.gz', gzipSync('id\n1\n'.repeat(100)).subarray(0, 25), 'damaged'],
  ])('%s is refused', async (name, content, why) => {
    await bench.write(name, content)
    expect((await bench.sync(name, '{}', { source: 'encoding: latin1' })).error).toMatchObject({
      code: 'SOURCE_FILE_UNREADABLE',
      message: expect.stringContaining(why),
      hint: expect.stringContaining('Pack it anew'),
    })
  })
  it('a folder is no file, and the hint names the pattern for its files', async () => {
    expect((await bench.sync('el')).error).toMatchObject({
      code: 'SOURCE_FILE_NOT_FOUND',
      message: expect.stringContaining('folder'),
      hint: expect.stringContaining('el/*.csv'),
    })
  })
  it('no match keeps the table that is there', async () => {
    await bench.write('a1.csv', 'id\n1\n')
    await bench.sync('a*.csv')
    expect(await bench.sync('b*.csv')).toMatchObject({
      status: 'succeeded',
      tableRows: 1,
      note: 'no file matches b*.csv',
    })
  })
  it('a file of a package counts by the version of the package, not by when it was installed', async () => {
    const install = async (version: string, rows: string) => {
      await mkdir(bench.path('node_modules/rows'), { recursive: true })
      await bench.write('node_modules/rows/package.json', JSON.stringify({ name: 'rows', version }))
      await bench.write('node_modules/rows/a.csv', rows)
    }
    await install('1.0.0', 'id\n1\n')
    await bench.sync('npm:rows/a.csv', byFile)
    await utimes(bench.path('node_modules/rows/a.csv'), new Date(), new Date(Date.now() + 60_000))
    expect(await bench.sync('npm:rows/a.csv', byFile)).toMatchObject({ recordsCommitted: 0, isUnchanged: true })
    await install('1.1.0', 'id\n2\n')
    await bench.sync('npm:rows/a.csv', byFile)
    expect(await ids()).toEqual([[1], [2]])
  })
  it('a file that grows is read again as a whole; by its cursor column only what is new', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.sync('a.csv', '{ sync_mode: incremental, cursor_field: id }')
    await bench.write('a.csv', 'id\n1\n2\n')
    expect(await bench.sync('a.csv', '{ sync_mode: incremental, cursor_field: id }')).toMatchObject({
      recordsCommitted: 1,
    })
    expect(await ids()).toEqual([[1], [2]])
  })
  it('an older file that comes late is read too', async () => {
    await bench.write('a1.csv', 'id\n1\n')
    await bench.sync('a*.csv', byFile)
    await bench.write('a0.csv', 'id\n0\n')
    await utimes(bench.path('a0.csv'), new Date('2001-01-01'), new Date('2001-01-01'))
    await bench.sync('a*.csv', byFile)
    expect(await ids()).toEqual([[0], [1]])
  })
})

describe('files that others touch', () => {
  it.each(['csv', 'parquet'])(
    'a %s file that vanishes during the sync ends it, and nothing is loaded',
    async (format) => {
      for (const name of ['a1', 'a2'])
        await bench.query(`copy (select 1 as id) to '${bench.path(`${name}.${format}`)}'`)
      const result = await bench.sync(`a*.${format}`, byFile, {
        onProgress: () => rmSync(bench.path(`a2.${format}`), { force: true }),
      })
      expect(result).toMatchObject({
        status: 'failed',
        error: { code: 'SOURCE_FILE_NOT_FOUND', at: { file: `a2.${format}` } },
      })
      expect(await bench.warehouse.listRelations({ schemas: ['raw'] })).toEqual([])
    },
  )
  it('a path that cannot be looked at is told from one that is not there', async () => {
    expect((await bench.sync(`${'x'.repeat(300)}.csv`)).error).toMatchObject({ code: 'SOURCE_FILE_UNREADABLE' })
  })
})

describe('what is in them', () => {
  it('nested values of Parquet and JSON lines are kept as JSON', async () => {
    await bench.parquet('a.parquet', "select 1 as id, {'name': 'Ann', 'tags': ['x', null]} as who, [1, 2] as list")
    await bench.sync('a.parquet')
    expect(
      await bench.query(
        'select typeof(who), who::varchar, list::varchar, who->>$$name$$ from raw.s'.replace(/\$\$/g, "'"),
      ),
    ).toEqual([['JSON', '{"name":"Ann","tags":["x",null]}', '[1,2]', 'Ann']])
  })
  it('an empty file is left out with a warning, and the others are loaded', async () => {
    await bench.write('a1.csv', '')
    await bench.write('a2.csv', 'id\n1\n')
    expect(await bench.sync('a*.csv')).toMatchObject({ status: 'succeeded', tableRows: 1 })
    expect(bench.warnings).toEqual(['a1.csv is empty: nothing to load from it'])
  })
  it('an empty file alone keeps the table that is there', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.sync('a.csv')
    await bench.write('a.csv', '')
    expect(await bench.sync('a.csv')).toMatchObject({ status: 'succeeded', recordsCommitted: 0, tableRows: 1 })
  })
  it('a table that was exported with our columns is loaded with columns of its own', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.sync('a.csv')
    await bench.parquet('b.parquet', 'select * from raw.s')
    expect(await bench.sync('b.parquet')).toMatchObject({ status: 'succeeded' })
    expect(await bench.query("select count(*) from duckdb_columns() where table_name = 's'")).toEqual([[6]])
  })
  it('a ragged row in the second file leaves nothing of the first one behind', async () => {
    await bench.write('a1.csv', 'id,v\n1,x\n')
    await bench.sync('a*.csv', byFile)
    await bench.write('a2.csv', 'id,v\n2,y\n')
    await bench.write('a3.csv', 'id,v\n3,z\n4\n')
    expect((await bench.sync('a*.csv', byFile)).error).toMatchObject({
      code: 'SOURCE_ROW_INVALID',
      at: { file: 'a3.csv', line: 3 },
      hint: expect.stringContaining('bad_rows: skip'),
    })
    expect(await ids()).toEqual([[1]])
    expect((await bench.warehouse.listRelations({ schemas: ['raw'] })).map((one) => one.identifier)).toEqual(['s'])
    await bench.write('a3.csv', 'id,v\n3,z\n4,w\n')
    await bench.sync('a*.csv', byFile)
    expect(await ids()).toEqual([[1], [2], [3], [4]])
  })
  it('streams whose names begin alike load side by side', async () => {
    await bench.write('a.csv', 'id\n1\n')
    const one = await bench.connection('a.csv')
    const names = ['s', 's_old', 's_older', 's_oldest']
    const connection = {
      ...one,
      source: { ...one.source, config: { streams: names.map((name) => ({ name, path: 'a.csv' })) } },
      streams: [],
    }
    const result = await syncConnection({
      connection,
      projectDir: bench.dir,
      warehouse: bench.warehouse,
      onEvent: () => {},
    })
    expect(result.streams.map((stream) => [stream.stream, stream.status])).toEqual(
      names.map((name) => [name, 'succeeded']),
    )
  })
  it('two connections make the same new schema at once', async () => {
    await bench.write('a.csv', 'id\n1\n')
    const one = await bench.connection('a.csv')
    const results = await Promise.all(
      [1, 2, 3, 4].map((n) =>
        syncConnection({
          connection: { ...one, name: `c${n}`, destination: { ...one.destination, prefix: `p${n}_` } },
          projectDir: bench.dir,
          warehouse: bench.warehouse,
          onEvent: () => {},
        }),
      ),
    )
    expect(results.map((result) => result.status)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded'])
  })
})
