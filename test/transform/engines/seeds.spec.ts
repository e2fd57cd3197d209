import { expect, it } from 'vitest'
import { describeEngines } from './engines.js'

describeEngines('seeds', (makeProject, engine) => {
  const types = async (project: Awaited<ReturnType<typeof makeProject>>, table: string) => {
    const rows = await project.rows(
      `select column_name as name, data_type as type from information_schema.columns where table_name = '${table}' order by ordinal_position`,
    )
    return Object.fromEntries(rows.map(({ name, type }) => [name, String(type).toLowerCase()]))
  }

  it('types are found in the values, nulls are empty or "null"', async () => {
    const project = await makeProject({
      'seeds/all.csv': `whole,large,exact,day,instant,iso,truth,words,code
1,9223372036854775807,1.5,2024-02-29,2024-02-29 12:00:00,2024-02-29T12:00:00,true,"a, ""b""",007
,null,NULL,,,,FALSE, null ,
-3,1,"1,000",2024-01-01,2024-01-01 00:00:00,2024-01-01T00:00:00,true,it's,x
`,
    })
    const { code, output } = await project.dbt('seed')
    expect(code, output).toBe(0)
    expect(await types(project, 'all')).toEqual({
      whole: 'integer',
      large: 'bigint',
      exact: engine === 'postgres' ? 'double precision' : 'double',
      day: 'date',
      instant: engine === 'postgres' ? 'timestamp without time zone' : 'timestamp',
      iso: engine === 'postgres' ? 'timestamp without time zone' : 'timestamp',
      truth: 'boolean',
      words: engine === 'postgres' ? 'text' : 'varchar',
      code: engine === 'postgres' ? 'text' : 'varchar',
    })
    // DuckDB reads the file itself, as it does for dbt: there only what is empty is a null among texts.
    const words = engine === 'postgres' ? null : ' null '
    expect(await project.rows('select whole, large, exact, truth, words, code from main."all" order by whole')).toEqual(
      expect.arrayContaining([
        { whole: 1, large: 9223372036854775807n, exact: 1.5, truth: true, words: 'a, "b"', code: '007' },
        { whole: null, large: null, exact: null, truth: false, words, code: null },
        { whole: -3, large: 1, exact: 1000, truth: true, words: "it's", code: 'x' },
      ]),
    )
  })

  it('whole numbers may be written as fractions', async () => {
    const project = await makeProject({ 'seeds/s.csv': 'a,b\n50.00,3000000000.0\n1e3,1\n' })
    const { code, output } = await project.dbt('seed')
    expect(code, output).toBe(0)
    expect(await types(project, 's')).toEqual({ a: 'integer', b: 'bigint' })
    expect(await project.rows('select a, b::text as b from main.s order by a')).toEqual([
      { a: 50, b: '3000000000' },
      { a: 1000, b: '1' },
    ])
  })

  it('values hold what the wire means something by', async () => {
    const project = await makeProject({ 'seeds/s.csv': 'a,b\n"back\\slash\\.",1\n"tab\there\ntwo lines",2\n\\N,\n' })
    const { code, output } = await project.dbt('seed')
    expect(code, output).toBe(0)
    expect(await project.rows('select a, b from main.s order by b')).toEqual([
      { a: 'back\\slash\\.', b: 1 },
      { a: 'tab\there\ntwo lines', b: 2 },
      { a: '\\N', b: null },
    ])
  })

  it('column_types, quote_columns and delimiter are taken from the config', async () => {
    const project = await makeProject({
      'seeds/s.csv': 'Id;Two Words\n01;x\n',
      'seeds/schema.yml':
        'seeds: [{ name: s, config: { delimiter: ";", quote_columns: true, column_types: { Id: varchar(5) } } }]',
    })
    const { code, output } = await project.dbt('seed')
    expect(code, output).toBe(0)
    expect(await project.rows('select "Id", "Two Words" from main.s')).toEqual([{ Id: '01', 'Two Words': 'x' }])
    project.write({ 'seeds/schema.yml': 'seeds: [{ name: s, config: { delimiter: "" } }]' })
    expect((await project.dbt('seed')).results.s?.message).toMatch(/^Compilation Error[\s\S]*delimiter/)
  })

  it('rows are replaced, columns only with --full-refresh', async () => {
    const project = await makeProject({ 'seeds/s.csv': 'a\n1\n2\n', 'models/m.sql': "select * from {{ ref('s') }}" })
    expect((await project.dbt('build')).code).toBe(0)
    project.write({ 'seeds/s.csv': 'a\n3\n' })
    expect((await project.dbt('seed')).results.s?.message).toBe('INSERT 1')
    expect(await project.rows('select a from main.s')).toEqual([{ a: 3 }])
    project.write({ 'seeds/s.csv': 'a,b\n4,x\n' })
    expect((await project.dbt('seed')).code).toBe(1)
    expect((await project.dbt('seed --full-refresh')).results.s?.message).toBe('CREATE 1')
    expect(await project.rows('select a, b from main.s')).toEqual([{ a: 4, b: 'x' }])
    // The view that went with the old table comes again.
    expect((await project.dbt('build')).code).toBe(0)
  })

  it('--empty makes the table without its rows', async () => {
    const project = await makeProject({ 'seeds/s.csv': 'a,b\n1,2024-01-01\n' })
    expect((await project.dbt('seed --empty')).code).toBe(0)
    expect(await project.rows('select count(*) as n from main.s')).toEqual([{ n: 0 }])
    expect(await types(project, 's')).toEqual({ a: 'integer', b: 'date' })
  })

  it('more rows than one statement brings', async () => {
    const rows = Array.from({ length: 25_000 }, (_, i) => `${i},"null",${i % 7}`)
    const project = await makeProject({ 'seeds/s.csv': `a,b,c\n${rows.join('\n')}\n` })
    const { code, output } = await project.dbt('seed')
    expect(code, output).toBe(0)
    expect(await project.rows('select count(*) as n, max(a) as last, count(b) as b from main.s')).toEqual([
      { n: 25_000, last: 24_999, b: 0 },
    ])
  })
})
