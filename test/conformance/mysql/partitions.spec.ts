import { expect, it } from 'vitest'
import { bench, describeMysql, run, yaml } from './mysql-bench.js'

describeMysql('partitions of a MySQL or MariaDB table', () => {
  const zone = 'timezone: Europe/Berlin'
  const part = { start: new Date('2024-06-01T22:00Z'), end: new Date('2024-06-02T22:00Z') }
  const load = async (field: string, more = zone) => {
    await bench.query('drop table if exists raw.t')
    const result = await bench.syncSource(
      yaml(),
      't',
      `{ primary_key: id, destination_sync_mode: overwrite_dedup, partitions: { by: daily, start: 2024-01-01, ${more}, field: ${field} } }`,
      { partitions: new Map([['t', [{ keys: ['k'], part }]]]) },
    )
    if (result.error) return `${result.error.code}: ${result.error.message}`
    return { read: result.recordsRead, ids: (await bench.query('select id from raw.t order by id')).flat() }
  }

  it('are asked for, whatever the field says of time', async () => {
    await run(`set session time_zone = '+00:00'; create table t (id int primary key, dt datetime(6), ts timestamp null, d date, s bigint, note text);
      insert into t values
        (1, '2024-06-01 23:59:59.999999', '2024-06-01 21:59:59', '2024-06-01', unix_timestamp('2024-06-01 21:59:59'), 'a'),
        (2, '2024-06-02 00:00:00', '2024-06-01 22:00:00', '2024-06-02', unix_timestamp('2024-06-01 22:00:00'), 'b'),
        (3, '2024-06-02 23:59:59', '2024-06-02 21:59:59', '2024-06-02', unix_timestamp('2024-06-02 21:59:59'), 'b'),
        (4, '2024-06-03 00:00:00', '2024-06-02 22:00:00', '2024-06-03', unix_timestamp('2024-06-02 22:00:00'), 'c'),
        (5, null, null, '0000-00-00', null, null)`)
    for (const field of ['dt', 'd']) expect([field, await load(field)]).toEqual([field, { read: 2, ids: [2, 3] }])
    expect(await load('note')).toMatch(/^PARTITION_FIELD_INVALID: .*holds no times \(text\)/)
    expect(await load('ts')).toEqual({ read: 2, ids: [2, 3] })
    expect(await load('s', `${zone}, unit: seconds`)).toEqual({ read: 2, ids: [2, 3] })
  })

  it('are told by the values of a column, to the letter', async () => {
    await run(
      "create table t (id int primary key, region varchar(9) collate utf8mb4_general_ci, n int, flag bit(1)); insert into t values (1, 'eu', 5, 1), (2, 'EU', 6, 0), (3, 'eu ', 5, 1)",
    )
    const keys = async (field: string, ...values: string[]) => {
      await bench.query('drop table if exists raw.t')
      const settings = `{ partitions: { by: static, keys: [x], field: ${field} } }`
      await bench.syncSource(yaml(), 't', settings, {
        partitions: new Map([['t', [{ keys: values, part: { values } }]]]),
      })
      return (await bench.query('select id from raw.t order by id')).flat()
    }
    expect(await keys('region', 'eu')).toEqual([1])
    expect(await keys('n', '5', 'no number')).toEqual([1, 3])
    expect(await keys('flag', 'true')).toEqual([1, 3])
    expect(await keys('id', 'none')).toEqual([])
  })
})
