import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SyncBench } from '../support/sync-bench.js'
import { rowOf, workbookFiles, workbookOf, zipOf } from '../support/workbook.js'

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
})
afterEach(() => bench.close())
const own =
  'select * exclude (_ab_source_file_last_modified, _airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta, _airbyte_generation_id) from raw.s'
const rows = () => bench.query(own)
const columns = async () =>
  (await bench.query(`select column_name, column_type from (describe ${own})`)).map((row) => row.join(' '))

it('cells keep what they are: texts, numbers, truth, days and times', async () => {
  const formats = ['General', 'yyyy-mm-dd', 'd/m/yy h:mm:ss', 'hh:mm', '[h]:mm', '#,##0.00 "days"', '[$-409]mmm\\-yy;@']
  const texts =
    '<si><t>01234</t></si><si><r><t xml:space="preserve">a &lt;b&gt; </t></r><r><rPr><b/></rPr><t>ü&#10;_x0041_</t></r><rPh><t>no</t></rPh></si>'
  const names = ['id', 'code', 'rich', 'day', 'at', 'time', 'long', 'money', 'month', 'ok', 'formula', 'bad', 'iso']
  const cells =
    '<c r="A2"><v>1</v></c><c r="B2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c><c r="D2" s="1"><v>45351</v></c><c r="E2" s="2"><v>45351.4375057870</v></c><c r="F2" s="3"><v>0.75</v></c><c r="G2" s="4"><v>1.5</v></c><c r="H2" s="5"><v>1234.5</v></c><c r="I2" s="6"><v>45352</v></c><c r="J2" t="b"><v>1</v></c><c r="K2" t="str"><f>A2&amp;"x"</f><v>1x</v></c><c r="L2" t="e"><v>#N/A</v></c><c r="M2" t="d"><v>2024-02-29</v></c>'
  const sheet = `${rowOf(1, ...names)}<row r="2">${cells}</row>`
  await bench.write('a.xlsx', workbookOf({ sheets: { one: sheet }, texts, formats }))
  expect(await bench.sync('a.xlsx')).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
  expect(await rows()).toEqual([
    [
      1,
      '01234',
      'a <b> ü\nA',
      '2024-02-29',
      '2024-02-29T10:30:00.5',
      '18:00:00',
      1.5,
      1234.5,
      '2024-03-01',
      true,
      '1x',
      null,
      '2024-02-29',
    ],
  ])
  expect(await columns()).toEqual([
    'id BIGINT',
    'code VARCHAR',
    'rich VARCHAR',
    'day DATE',
    'at TIMESTAMP',
    'time TIME',
    'long DOUBLE',
    'money DOUBLE',
    'month DATE',
    'ok BOOLEAN',
    'formula VARCHAR',
    'bad VARCHAR',
    'iso DATE',
  ])
})

it('days are counted as Excel does it, which takes 1900 for a leap year, or from 1904', async () => {
  const cells = (n: number, day: number) => `<row r="${n}"><c><v>${n}</v></c><c s="0"><v>${day}</v></c></row>`
  const sheet = rowOf(1, 'n', 'day') + [1, 59, 61, 2_958_465].map((day, i) => cells(i + 2, day)).join('')
  const days = async (isOf1904: boolean) => {
    // Numbers of the first column have no style here.
    const plain = sheet.replaceAll('<c><v>', '<c s="1"><v>')
    await bench.write('a.xlsx', workbookOf({ sheets: { s: plain }, formats: ['m/d/yyyy', '0'], isOf1904 }))
    await bench.sync('a.xlsx')
    return (await bench.query('select day from raw.s order by n')).flat()
  }
  expect(await days(false)).toEqual(['1900-01-01', '1900-02-28', '1900-03-01', '9999-12-31'])
  expect((await days(true))[0]).toBe('1904-01-02')
})

describe('a sheet', () => {
  const report =
    rowOf(1, 'Report of May') +
    rowOf(3, 'id', '', 'ID', 'v') +
    rowOf(4, 1, 'x', null, 'y') +
    rowOf(5) +
    rowOf(6, null, null, 2)
  beforeEach(() =>
    bench.write('a.xlsx', workbookOf({ sheets: { 'first & <last>': rowOf(1, 'a') + rowOf(2, 7), report } })),
  )

  it('is the first one, or that of a name', async () => {
    await bench.sync('a.xlsx')
    expect(await rows()).toEqual([[7]])
    await bench.sync('a.xlsx', '{}', { source: 'sheet: report, skip_rows: 2' })
    expect(await columns()).toEqual(['id BIGINT', 'column1 VARCHAR', 'ID_1 BIGINT', 'v VARCHAR'])
    expect(await rows()).toEqual([
      [1, 'x', null, 'y'],
      [null, null, 2, null],
    ])
    expect((await bench.sync('a.xlsx', '{}', { source: 'sheet: first' })).error).toMatchObject({
      code: 'SOURCE_FILE_UNREADABLE',
      hint: 'Set `sheet` of the stream to one of: first & <last>, report.',
    })
  })

  it('without a header has columns by their places, as many as its longest row', async () => {
    await bench.sync('a.xlsx', '{}', { source: 'sheet: report, header: false, skip_rows: 3' })
    expect(await columns()).toEqual(['column0 BIGINT', 'column1 VARCHAR', 'column2 BIGINT', 'column3 VARCHAR'])
  })

  it('whose rows are longer than its header fails, or leaves them out', async () => {
    expect((await bench.sync('a.xlsx', '{}', { source: 'sheet: report' })).error).toMatchObject({
      code: 'SOURCE_ROW_INVALID',
      message: expect.stringContaining('Row 3 of the sheet `report` in a.xlsx has a value in column 4'),
      at: { line: 3 },
    })
    const result = await bench.sync('a.xlsx', '{}', { source: 'sheet: report, bad_rows: skip' })
    expect(result).toMatchObject({ status: 'succeeded', isUnchanged: true, recordsRejected: 3 })
  })
})

it('new and changed workbooks are added to the table, as files of other formats are', async () => {
  await bench.write('a1.xlsx', workbookOf({ sheets: { s: rowOf(1, 'id', 'v') + rowOf(2, 1, 'x') } }))
  await bench.write('a2.csv', 'id,v\n2,y\n')
  await bench.sync('a*', '{ sync_mode: incremental }')
  await bench.write('a3.xlsx', workbookOf({ sheets: { s: rowOf(1, 'id', 'more') + rowOf(2, 3, 0.5) } }))
  expect(await bench.sync('a*', '{ sync_mode: incremental }')).toMatchObject({ recordsCommitted: 1, tableRows: 3 })
  expect(await bench.query('select id, v, more from raw.s order by id')).toEqual([
    [1, 'x', null],
    [2, 'y', null],
    [3, null, 0.5],
  ])
})

it.each([
  ['no archive', Buffer.from('id,v\n1,2\n'), 'it is no workbook of Excel'],
  [
    'an older .xls, or one with a password',
    Buffer.from('d0cf11e0a1b11ae1'.repeat(40), 'hex'),
    'it is no workbook of Excel',
  ],
  ['another archive', zipOf({ 'readme.txt': 'x' }), 'it is no workbook of Excel'],
  [
    'a workbook that is cut off',
    workbookOf({ sheets: { s: rowOf(1, 'a') } }).subarray(0, -30),
    'it is no workbook of Excel',
  ],
  [
    'a sheet that is missing',
    zipOf({ ...workbookFiles({ sheets: { s: '' } }), 'xl/worksheets/sheet1.xml': '' }),
    undefined,
  ],
  [
    'a tag without an end',
    zipOf({
      ...workbookFiles({ sheets: { s: '' } }),
      'xl/worksheets/sheet1.xml': `<worksheet ${'x'.repeat(1_100_000)}`,
    }),
    'a tag has no end',
  ],
])('%s is told by name', async (_, bytes, why) => {
  await bench.write('a.xlsx', bytes)
  const result = await bench.sync('a.xlsx')
  if (why === undefined) expect(result).toMatchObject({ status: 'succeeded', isUnchanged: true })
  else
    expect(result.error).toMatchObject({
      code: 'SOURCE_FILE_UNREADABLE',
      message: expect.stringContaining(`a.xlsx cannot be read as excel: ${why}`),
      hint: expect.stringContaining('.xlsx'),
    })
})

it('damaged bytes are no rows', async () => {
  const bytes = workbookOf({ sheets: { s: Array.from({ length: 500 }, (_, i) => rowOf(i + 1, `text ${i}`)).join('') } })
  const at = bytes.indexOf('xl/worksheets/sheet1.xml') + 200
  bytes.fill(0xff, at, at + 300)
  await bench.write('a.xlsx', bytes)
  expect((await bench.sync('a.xlsx')).error).toMatchObject({ code: 'SOURCE_FILE_UNREADABLE' })
})

it('a large sheet comes in pieces, and none is lost between them', async () => {
  const many = Array.from({ length: 30_000 }, (_, i) => rowOf(i + 2, i, `text ${i} &amp; ü`)).join('')
  await bench.write('a.xlsx', workbookOf({ sheets: { s: rowOf(1, 'id', 't') + many } }))
  await bench.sync('a.xlsx')
  expect(
    await bench.query("select count(*), count(distinct id), sum(id), count_if(t = 'text ' || id || ' & ü') from raw.s"),
  ).toEqual([[30_000, 30_000, 449_985_000, 30_000]])
})
