import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SyncBench } from '../support/sync-bench.js'

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
})
afterEach(() => bench.close())

/** The table's own columns with their types, and its rows. */
async function table() {
  const columns = await bench.query(
    "select column_name, data_type from duckdb_columns() where table_name = 's' and not starts_with(column_name, '_a') order by column_index",
  )
  const names = columns.map(([name]) => `"${String(name).replaceAll('"', '""')}"`).join(', ')
  return {
    types: Object.fromEntries(columns),
    rows: names === '' ? [] : await bench.query(`select ${names} from raw.s`),
  }
}
const latin1 = (text: string) => Buffer.from(text, 'latin1')
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')

interface Case {
  readonly file: string
  readonly content: string | Buffer
  readonly source?: string
  readonly types?: Record<string, string>
  readonly rows?: readonly unknown[]
}

describe('what a file holds arrives as it is', () => {
  it.each<[string, Case]>([
    ['CSV with a byte order mark', { file: 'a.csv', content: '\ufeffid,n\n1,x\n', rows: [[1, 'x']] }],
    ['CSV in UTF-16', { file: 'a.csv', content: utf16('id,n\n1,日\n'), rows: [[1, '日']] }],
    [
      'CSV in Latin 1',
      { file: 'a.csv', content: latin1('id,n\n1,café\n'), source: 'encoding: latin1', rows: [[1, 'café']] },
    ],
    [
      'packed CSV in Latin 1',
      {
        file: 'a.csv.gz',
        content: gzipSync(latin1('id,n\n1,café\n')),
        source: 'encoding: latin1',
        rows: [[1, 'café']],
      },
    ],
    [
      'packed CSV with another delimiter',
      { file: 'a.csv.gz', content: gzipSync('id;n\n1;"a,b,c"\n'), rows: [[1, 'a,b,c']] },
    ],
    [
      'CSV with CRLF',
      {
        file: 'a.csv',
        content: 'id,n\r\n1,x\r\n2,y\r\n',
        rows: [
          [1, 'x'],
          [2, 'y'],
        ],
      },
    ],
    [
      'quotes, line ends and NUL in values',
      {
        file: 'a.csv',
        content: 'id,n\n1,"a\n""b"""\n2,c\0d\n',
        rows: [
          [1, 'a\n"b"'],
          [2, 'c\0d'],
        ],
      },
    ],
    [
      'header names that are equal, or but for their case, or empty',
      {
        file: 'a.csv',
        content: 'id,Id,,id_1\n1,2,3,4\n',
        types: { id: 'BIGINT', Id_2: 'BIGINT', column2: 'BIGINT', id_1: 'BIGINT' },
      },
    ],
    ['a header only', { file: 'a.csv', content: 'id,n', types: { id: 'VARCHAR', n: 'VARCHAR' }, rows: [] }],
    [
      'a header over two lines',
      { file: 'a.csv', content: '"i\nd",n\n1,2\n', types: { 'i\nd': 'BIGINT', n: 'BIGINT' }, rows: [[1, 2]] },
    ],
    [
      'lines before the header',
      { file: 'a.csv', content: 'made by us\n\nid,n\n1,2\n', source: 'skip_rows: 2', rows: [[1, 2]] },
    ],
    [
      'columns that are called like our own',
      { file: 'a.csv', content: '_airbyte_raw_id,_AIRBYTE_META,id\n1,2,3\n', types: { id: 'BIGINT' }, rows: [[3]] },
    ],
    [
      'numbers: exact, or they stay text',
      {
        file: 'a.csv',
        content:
          'int,huge,long,float,finer,zip\n1,9223372036854775808,1234567890123456789012345678901234567890,1.10,0.1234567890123456789,007\n',
        types: { int: 'BIGINT', huge: 'HUGEINT', long: 'VARCHAR', float: 'DOUBLE', finer: 'VARCHAR', zip: 'VARCHAR' },
        rows: [
          [1, 9223372036854775808n, '1234567890123456789012345678901234567890', 1.1, '0.1234567890123456789', '007'],
        ],
      },
    ],
    [
      'times: unmistakable and exact, or they stay text',
      {
        file: 'a.csv',
        content:
          'day,at,zoned,fine,clock,local,bc\n2024-02-29,2024-02-29T10:11:12.5,2024-02-29T10:11:12+02:00,2024-02-29T10:11:12.123456789Z,10:11:12,01/02/2024,0044-03-15 (BC)\n',
        types: {
          day: 'DATE',
          at: 'TIMESTAMP',
          zoned: 'TIMESTAMP WITH TIME ZONE',
          fine: 'VARCHAR',
          clock: 'TIME',
          local: 'VARCHAR',
          bc: 'DATE',
        },
        rows: [
          [
            '2024-02-29',
            '2024-02-29T10:11:12.5',
            '2024-02-29T08:11:12Z',
            '2024-02-29T10:11:12.123456789Z',
            '10:11:12',
            '01/02/2024',
            '0044-03-15 BC',
          ],
        ],
      },
    ],
    [
      'JSON: one object',
      { file: 'a.json', content: '{"id":1,"n":{"a":[1,{"b":2}]}}', rows: [[1, '{"a":[1,{"b":2}]}']] },
    ],
    [
      'JSON: an array',
      {
        file: 'a.json',
        content: '[\n{"id":1},\n{"id":2,"x":"y"}]',
        rows: [
          [1, null],
          [2, 'y'],
        ],
      },
    ],
    ['JSON lines called json', { file: 'a.json', content: '{"id":1}\n\n{"id":2}\n', rows: [[1], [2]] }],
    ['JSON with a byte order mark', { file: 'a.jsonl', content: '\ufeff{"id":1}\n', rows: [[1]] }],
    ['JSON in UTF-16', { file: 'a.json', content: utf16('[{"id":"日"}]'), rows: [['日']] }],
    ['JSON in Latin 1', { file: 'a.jsonl', content: latin1('{"id":"é"}'), source: 'encoding: latin1', rows: [['é']] }],
    [
      'nested values: absent is not null, and numbers keep their digits',
      {
        file: 'a.jsonl',
        content: '{"o":{"a":12345678901234567890123}}\n{"o":{"b":null}}\n{"o":null}\n',
        rows: [['{"a":12345678901234567890123}'], ['{"b":null}'], [null]],
      },
    ],
    [
      '20 levels',
      {
        file: 'a.json',
        content: `{"d":${'{"x":'.repeat(20)}1${'}'.repeat(20)}}`,
        rows: [[`${'{"x":'.repeat(20)}1${'}'.repeat(20)}`]],
      },
    ],
    [
      'objects of ever new keys',
      {
        file: 'a.jsonl',
        content: [1, 2, 3].map((n) => `{"k${n}":${n}}`).join('\n'),
        types: { k1: 'BIGINT', k2: 'BIGINT', k3: 'BIGINT' },
      },
    ],
    ['keys that differ by case', { file: 'a.jsonl', content: '{"id":1,"ID":2}\n', rows: [[1, 2]] }],
    ['NUL in JSON', { file: 'a.jsonl', content: '{"id":"a\\u0000b"}\n', rows: [['a\0b']] }],
    [
      'text beside numbers',
      { file: 'a.jsonl', content: '{"v":1}\n{"v":"x"}\n', types: { v: 'VARCHAR' }, rows: [['1'], ['x']] },
    ],
    ['a number in quotes', { file: 'a.jsonl', content: '{"v":"1"}\n', types: { v: 'VARCHAR' }, rows: [['1']] }],
    [
      'objects beside everything else',
      {
        file: 'a.jsonl',
        content: '{"v":1}\n{"v":"x"}\n{"v":[1]}\n',
        types: { v: 'JSON' },
        rows: [['1'], ['"x"'], ['[1]']],
      },
    ],
  ])('%s', async (_, { file, content, source, types, rows }) => {
    await bench.write(file, content)
    expect(await bench.sync(file, '{}', source === undefined ? {} : { source })).toMatchObject({ status: 'succeeded' })
    const loaded = await table()
    if (types) expect(loaded.types).toEqual(types)
    if (rows) expect(loaded.rows).toEqual(rows)
  })

  it('a table of 1 600 columns', async () => {
    const numbers = Array.from({ length: 1600 }, (_, i) => i)
    await bench.write('a.csv', `${numbers.map((n) => `c${n}`).join()}\n${numbers.join()}\n`)
    await bench.sync('a.csv')
    expect((await table()).rows).toEqual([numbers])
  }, 120_000)
  it.each(['csv', 'json'])('%s packed by zstd', async (format) => {
    await bench.query(
      `copy (select 1 as id, 'x' as v) to '${bench.path(`a.${format}.zst`)}' (format ${format}, compression zstd)`,
    )
    await bench.sync(`a.${format}.zst`)
    expect((await table()).rows).toEqual([[1, 'x']])
  })
})

describe('what the first rows do not tell', () => {
  const rows = 25_000
  const lines = (line: (i: number) => string) => Array.from({ length: rows }, (_, i) => line(i)).join('\n')
  it.each([
    ['text behind numbers', 'a.csv', `v\n${lines(String)}\nx\n`, { v: 'VARCHAR' }, 'x'],
    ['fractions behind whole numbers', 'a.csv', `v\n${lines(String)}\n0.5\n`, { v: 'DOUBLE' }, 0.5],
    ['numbers behind nothing', 'a.csv', `v,w\n${lines(() => ',0')}\n7,0\n`, { v: 'BIGINT', w: 'BIGINT' }, 7],
    [
      'a key behind records without it',
      'a.jsonl',
      `${lines(() => '{"w":0}')}\n{"v":7,"w":0}\n`,
      { v: 'BIGINT', w: 'BIGINT' },
      7,
    ],
    ['text behind numbers in JSON', 'a.json', `[${lines((i) => `{"v":${i}},`)}{"v":"x"}]`, { v: 'VARCHAR' }, 'x'],
  ])('%s', async (_, file, content, types, last) => {
    await bench.write(file, content)
    expect(await bench.sync(file)).toMatchObject({ status: 'succeeded', tableRows: rows + 1, recordsRejected: 0 })
    expect((await table()).types).toEqual(types)
    expect(await bench.query('select v from raw.s where rowid = (select max(rowid) from raw.s)')).toEqual([[last]])
  })
  it('in the second file of a pattern: the first one stays, the table grows once', async () => {
    await bench.write('a1.csv', 'v\n1\n')
    await bench.write('a2.csv', `v,w\n${lines((i) => `${i},${i}`)}\nx,y\n`)
    expect(await bench.sync('a*.csv')).toMatchObject({ status: 'succeeded', tableRows: rows + 2 })
    expect((await table()).types).toEqual({ v: 'VARCHAR', w: 'VARCHAR' })
  })
})

describe('what cannot be read ends in an error with its place, and the table stays', () => {
  it.each<[string, string, string | Buffer, string, object]>([
    ['a row with too few values', 'a.csv', 'a,b\n1,2\n3\n', 'SOURCE_ROW_INVALID', { at: { line: 3 } }],
    ['a row with too many', 'a.csv', 'a,b\n1,2\n3,4,5\n', 'SOURCE_ROW_INVALID', { at: { line: 3 } }],
    ['an open quote', 'a.csv', 'a,b\n1,"x\n2,y\n', 'SOURCE_ROW_INVALID', { at: { line: 2 } }],
    ['a quote in the middle', 'a.csv', 'a,b\n1,"x"y"\n2,y\n', 'SOURCE_ROW_INVALID', { at: { line: 2 } }],
    [
      'another encoding',
      'a.csv',
      latin1('a,b\n1,é\n'),
      'SOURCE_ROW_INVALID',
      { at: { line: 2 }, hint: expect.stringContaining('encoding') },
    ],
    [
      'line ends of two kinds',
      'a.csv',
      'a,b\r\n1,2\n3,4\r\n',
      'SOURCE_FILE_UNREADABLE',
      { hint: expect.stringContaining('line ends') },
    ],
    ['a broken record', 'a.jsonl', '{"a":1}\n{"a":\n{"a":3}\n', 'SOURCE_FILE_UNREADABLE', { at: { line: 2 } }],
    ['a lone surrogate', 'a.jsonl', '{"a":1}\n{"a":"\\ud800"}\n', 'SOURCE_FILE_UNREADABLE', { at: { line: 2 } }],
    ['an array that breaks off', 'a.json', '[{"a":1},{"a":2', 'SOURCE_FILE_UNREADABLE', {}],
    [
      'JSON in another encoding',
      'a.jsonl',
      latin1('{"a":"é"}'),
      'SOURCE_FILE_UNREADABLE',
      { hint: expect.stringContaining('encoding') },
    ],
    ['no Parquet at all', 'a.parquet', 'PAR1 but no', 'SOURCE_FILE_UNREADABLE', {}],
    ['a page in place of the data', 'a.json', '<html></html>', 'SOURCE_FILE_UNREADABLE', {}],
  ])('%s', async (_, file, content, code, error) => {
    await bench.write('good.csv', 'a\n1\n')
    await bench.sync('good.csv')
    await bench.write(file, content)
    const result = await bench.sync(file)
    expect(result).toMatchObject({ status: 'failed', error: { code, at: { file }, ...error } })
    expect(result.error?.hint).toBeDefined()
    expect(JSON.stringify([result.error?.message, result.error?.hint])).not.toContain(bench.dir)
    expect((await table()).rows).toEqual([[1]])
  })
  it.each([
    [
      'a.csv',
      'a,b\n1,2\n3\n4,5\n6,"x\n',
      [
        [1, 2],
        [4, 5],
      ],
    ],
    [
      'a.jsonl',
      '{"a":1,"b":2}\n{"a":\n{"a":4,"b":5}\n{"a":"\\ud800"}\n',
      [
        [1, 2],
        [4, 5],
      ],
    ],
  ])(
    '%s: rows that cannot be read are left out where the stream says so, counted and named',
    async (file, content, rows) => {
      await bench.write(file, content)
      const result = await bench.sync(file, '{}', { source: 'bad_rows: skip' })
      expect(result).toMatchObject({ status: 'succeeded', recordsRead: 4, recordsRejected: 2, recordsCommitted: 2 })
      expect((await table()).rows).toEqual(rows)
      expect(bench.warnings).toHaveLength(2)
    },
  )
  it('a null among numbers stays one where records may be left out', async () => {
    await bench.write('a.jsonl', '{"a":1,"b":null}\n{"a":\n{"a":null,"b":"null"}\n')
    await bench.sync('a.jsonl', '{}', { source: 'bad_rows: skip' })
    expect((await table()).rows).toEqual([
      [1, null],
      [null, 'null'],
    ])
  })
  it.each(['[]', ' \n', '\n\n'])('a file that holds %j leaves the table as it is, with a warning', async (content) => {
    await bench.write('a.json', '[{"id":1}]')
    await bench.sync('a.json')
    await bench.write('a.json', content)
    expect(await bench.sync('a.json')).toMatchObject({ status: 'succeeded', tableRows: 1 })
    expect(bench.warnings).toEqual(['a.json holds no record: nothing to load from it'])
  })
})
