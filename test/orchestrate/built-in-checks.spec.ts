import { describe, expect, it } from 'vitest'
import { asset, check, checks, dbt, io, partitions } from '../../src/index.js'
import type { GivenMaterialization } from '../../src/orchestrate/testing/index.js'
import { materialize, memoryWarehouse, runCheck } from '../../src/testing.js'

const columns = (...names: string[]) => ({
  columns: {
    type: 'columns' as const,
    columns: names.map((one) => ({ name: one.split(' ')[0] ?? '', type: one.split(' ')[1] ?? 'INTEGER' })),
  },
})
const rows = (...all: number[]): GivenMaterialization[] => all.map((n) => ({ metadata: { rows: n } }))

describe('checks.schemaUnchanged', () => {
  const unchanged = checks.schemaUnchanged('raw/orders')
  const ask = (now: readonly string[], before: readonly string[] | undefined, check = unchanged) =>
    runCheck(check, {
      metadata: columns(...now),
      history: { materializations: before ? [{ metadata: columns(...before) }] : [] },
    })
  it('passes the first time, and as long as columns and types are the same', async () => {
    expect(await ask(['a'], undefined)).toMatchObject({ passed: true, metadata: columns('a') })
    expect(await ask(['a integer', 'b'], ['b', 'a'])).toMatchObject({ passed: true, message: 'As before' })
  })
  it('warns of columns that came, went and changed their type', async () => {
    const changes = [
      { kind: 'type_changed', column: 'a', from: 'INTEGER', to: 'VARCHAR' },
      { kind: 'column_added', column: 'c', to: 'INTEGER' },
      { kind: 'column_removed', column: 'b', from: 'INTEGER' },
    ]
    expect(await ask(['a VARCHAR', 'c'], ['a', 'b'])).toMatchObject({
      passed: false,
      severity: 'warn',
      message: 'the column a was INTEGER and is VARCHAR now; the column c (INTEGER) is new; the column b is gone',
      metadata: { schema_changes: { type: 'json', value: changes } },
    })
  })
  it('lets new ones pass where they are allowed, and says nothing of what is ignored', async () => {
    const allowing = checks.schemaUnchanged('raw/orders', { allow: 'added' })
    expect(await ask(['a', 'b'], ['a'], allowing)).toMatchObject({
      passed: true,
      message: 'the column b (INTEGER) is new',
    })
    expect((await ask(['a VARCHAR', 'b'], ['a'], allowing)).passed).toBe(false)
    const ignoring = checks.schemaUnchanged('raw/orders', { ignore: ['b'] })
    expect(await ask(['a', 'b'], ['a'], ignoring)).toMatchObject({ passed: true, message: 'As before' })
  })
  it('tells a change once, unless it is a run that is tried again by itself', async () => {
    const blocking = checks.schemaUnchanged('raw/orders', { blocking: true })
    const history = {
      outcomes: [
        { passed: false, metadata: columns('a', 'b') },
        { passed: true, metadata: columns('a') },
      ],
    }
    const options = { metadata: columns('a', 'b'), history }
    expect((await runCheck(blocking, options)).passed).toBe(true)
    const again = await runCheck(blocking, { ...options, tags: { 'millrace/retry_number': '1' } })
    expect(again).toMatchObject({ passed: false, severity: 'error', message: 'the column b (INTEGER) is new' })
  })
  it('looks into the warehouse for what tells no columns', async () => {
    const warehouse = await memoryWarehouse('create schema reports', 'create table reports.days (day date, n int)')
    const days = asset('reports/days', { io: io.table(), run: () => [{ day: '2024-01-01', n: 1 }] })
    const found = await runCheck(checks.schemaUnchanged(days), {
      query: warehouse.query,
      history: { outcomes: [{ passed: true, metadata: columns('day DATE') }] },
    })
    expect(found).toMatchObject({ passed: false, message: 'the column n (INTEGER) is new' })
    await warehouse.close()
  })
})

describe('checks.rowCount', () => {
  it.each([
    [{ min: 3 }, false, '2 rows, and it should be at least 3'],
    [{ max: 1 }, false, '2 rows, and it should be at most 1'],
    [{ min: 1, max: 2_000 }, true, '2 rows'],
  ])('of %o', async (bounds, passed, message) => {
    const warehouse = await memoryWarehouse(
      'create schema main2',
      'create table main2.m as select 1 as n union all select 2',
    )
    const found = await runCheck(checks.rowCount('main2/m', bounds), { query: warehouse.query })
    expect(found).toMatchObject({ passed, message, severity: 'warn', metadata: { rows: 2 } })
    await warehouse.close()
  })
  it('counts those of the partition, and tells what is no table', async () => {
    const warehouse = await memoryWarehouse(
      'create schema reports',
      "create table reports.days as select unnest(['a', 'a', 'b']) as partition_key",
    )
    const days = asset('reports/days', {
      partitions: partitions.static(['a', 'b']),
      io: io.table(),
      run: () => [{ n: 1 }],
    })
    const check = checks.rowCount(days, { min: 2 })
    const count = async (partition: string) =>
      (await runCheck(check, { partition, query: warehouse.query })).metadata?.rows
    expect([await count('a'), await count('b')]).toEqual([2, 1])
    await warehouse.close()
    expect(() => checks.rowCount(asset('x', { run: () => 7 }), { min: 1 })).toThrow('needs a table, and x is none')
    expect(() => checks.rowCount('main/m', {} as never)).toThrow('has no bounds')
    expect(() => checks.rowCount('main/m', { min: 2, max: 1 })).toThrow('2 at least and 1 at most')
  })
})

describe('checks.metadataWithin', () => {
  const within = checks.metadataWithin(dbt.models.m, { metadata: 'rows', min: 10, max: 20 })
  it.each([
    [{ rows: 10 }, true, 'rows is 10'],
    [{ rows: 1234 }, false, 'rows is 1,234, and it should be between 10 and 20'],
    [{ bytes: 1, note: 'x' }, false, 'It told no number rows; there is bytes'],
  ])('of %o', async (metadata, passed, message) => {
    expect(await runCheck(within, { metadata })).toMatchObject({ passed, message })
  })
})

describe('checks.noAnomaly', () => {
  const usual = checks.noAnomaly('raw/orders', { metadata: 'rows' })
  const ask = (now: number, materializations: readonly GivenMaterialization[], check = usual) =>
    runCheck(check, { metadata: { rows: now }, history: { materializations } })
  const week = [1000, 990, 1020, 1005, 980, 1010, 1000]
  it('judges by the middle of the earlier ones', async () => {
    expect(await ask(1030, rows(...week))).toMatchObject({ passed: true })
    expect(await ask(142, rows(...week))).toMatchObject({
      passed: false,
      message: '142 rows; the last 7 lie between 980 and 1,020; usual would be 940.7 to 1,059',
    })
  })
  it('is not led astray by anomalies before', async () => {
    expect(await ask(1030, rows(...week, 0, 50_000))).toMatchObject({ passed: true })
    expect(await ask(142, rows(...week, 0, 50_000))).toMatchObject({ passed: false })
  })
  it('judges nothing by too few, nor by syncs that found nothing new', async () => {
    const message = '142 rows; 6 earlier ones are too few to judge by, it takes 7'
    expect(await ask(142, rows(...week.slice(1)))).toMatchObject({ passed: true, message })
    const idle = { metadata: { rows: 1000, unchanged: true } }
    expect(await ask(142, [...rows(...week.slice(1)), idle])).toMatchObject({ passed: true, message })
  })
  it('lets what never varied vary by a little', async () => {
    const same = rows(...Array.from({ length: 20 }, () => 100))
    expect((await ask(103, same)).passed).toBe(true)
    expect((await ask(106, same)).passed).toBe(false)
  })
  it('compares a day with other days, and a region with itself', async () => {
    const run = () => {}
    const eu = asset('regions', { partitions: partitions.static(['eu', 'us']), run })
    const days = asset('days', { partitions: partitions.daily({ start: '2024-01-01' }), run })
    const earlier = (partition: string) => rows(...week).map((one) => ({ ...one, partition }))
    const other = { materializations: [...earlier('us'), ...earlier('2024-01-01')] }
    const message = async (of: typeof eu | typeof days, partition: string) =>
      (await runCheck(checks.noAnomaly(of, { metadata: 'rows' }), { partition, metadata: { rows: 1 }, history: other }))
        .message
    expect(await message(eu, 'eu')).toMatch('0 earlier ones are too few')
    expect(await message(eu, 'us')).toMatch('the last 7 lie')
    expect(await message(days, '2024-01-02')).toMatch('the last 14 lie')
  })
  it('compares a region with itself, however many there are', async () => {
    const keys = Array.from({ length: 200 }, (_, n) => `r${n}`)
    const regions = asset('regions', { partitions: partitions.static(keys), run: () => {} })
    const materializations = rows(...week).flatMap((one) => keys.map((partition) => ({ ...one, partition })))
    const asked = { partition: 'r7', metadata: { rows: 1 }, history: { materializations } }
    expect(await runCheck(checks.noAnomaly(regions, { metadata: 'rows' }), asked)).toMatchObject({ passed: false })
  })
  it('looks at what SQL answers, and compares it with what it answered', async () => {
    const warehouse = await memoryWarehouse()
    const check = checks.noAnomaly('raw/orders', {
      sql: 'select 900.5::decimal(10, 2)',
      name: 'revenue',
      deviations: 3,
    })
    const outcomes = week.map((value) => ({ passed: true, metadata: { value } }))
    expect(await runCheck(check, { query: warehouse.query, history: { outcomes } })).toMatchObject({
      passed: false,
      metadata: { value: 900.5 },
    })
    await warehouse.close()
  })
  it('is asked for one number, and a history', () => {
    expect(() => checks.noAnomaly('raw/orders', {} as never)).toThrow('looks at one number')
    expect(() => checks.noAnomaly('raw/orders', { metadata: 'rows', minHistory: 30 })).toThrow('by 30 to 20 earlier')
  })
})

describe('in a test, a check', () => {
  const days = asset('days', {
    partitions: partitions.daily({ start: '2024-01-01' }),
    run: ({ partition, metadata }) => {
      metadata({ rows: 5 })
      return { day: partition.key }
    },
  })
  const within = checks.metadataWithin(days, { metadata: 'rows', min: 6, blocking: true })
  it('of what is made is told of it', async () => {
    const { checks: found } = await materialize(days, { partition: '2024-01-02', checks: [within] })
    expect(found.rows_within).toMatchObject({ passed: false, severity: 'error', metadata: { rows: 5 } })
  })
  it('of an asset with partitions needs one', async () => {
    await expect(runCheck(within, { metadata: { rows: 7 } })).rejects.toThrow('days has partitions')
    expect((await runCheck(within, { metadata: { rows: 7 }, partition: '2024-01-02' })).passed).toBe(true)
  })
  it('is given a value of the type that its asset answers', async () => {
    const isDay = check(days, 'is_day', {}, ({ value }) => ({ passed: value.day.length === 10 }))
    const partition = '2024-01-02'
    expect((await runCheck(isDay, { partition, value: { day: '2024-01-02' } })).passed).toBe(true)
    // @ts-expect-error a day is a text
    await expect(runCheck(isDay, { partition, value: { day: 7 } })).resolves.toMatchObject({ passed: false })
  })
})
