import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDb, type Warehouse, type WarehouseConnection } from '../../../warehouse/index.js'
import type { ConnectionStream } from '../../contract.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import { metaColumns, type TableColumn } from '../../loading/rows/table-shape.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import { prepareSchemas } from '../../loading/state/state-table.js'
import { snowflakeDialect } from '../snowflake/dialect.js'
import type { FollowUp } from './deferred-work.js'
import type { LoadConnections } from './load-connections.js'
import type { DeferredStatement, LoadDialect } from './load-dialect.js'
import { publish } from './publish.js'
import { openSession } from './session.js'

const quote = (name: string) => `"${name}"`

/** DuckDB as a warehouse that is loaded by files. */
const dialect: LoadDialect = {
  ...snowflakeDialect,
  quote,
  storedName: (name) => name,
  nameOf: (name) => name,
  typeOf: ({ type }) => type,
  columnOf: ({ name, type, kind }) => ({ name, type, kind }),
  converted: (sql, _, { type }) => `cast(${sql} as ${type})`,
  incomingWord: '',
  tableWords: { before: '', behind: '' },
  file: { name: 'rows.parquet', options: 'format parquet', value: (sql) => sql },
  load: async (connection, { path, schema, table }) => {
    await connection.query(`insert into ${quote(schema)}.${quote(table)} select * from read_parquet('${path}')`)
  },
  kindOfTable: async () => '',
  rebuilt: (relation, selected) =>
    `create or replace table ${relation} as select ${selected.map(({ name, sql }) => `${sql} as ${name}`).join(', ')} from ${relation}`,
}

let warehouse: Warehouse
let tables: WarehouseConnection
let statements: DeferredStatement[]
let followUps: FollowUp[]
let warnings: string[]
const column = (name: string, type: string, kind: TableColumn['kind']): TableColumn => ({ name, type, kind })
const meta = metaColumns.map(({ name, type }) => `null::${type} as ${name}`).join(', ')

beforeEach(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
  tables = await warehouse.connect()
  await tables.query(`create schema raw; create table raw.t as select 'one' as v, 7 as gone, 1 as n, ${meta};
    create table staged as select 5 as v, 'x' as n, date '2024-02-29' as d, ${meta}`)
  statements = []
  followUps = []
  warnings = []
})
afterEach(async () => {
  await tables.close()
  await warehouse.close()
})

const stream = { schema: 'raw', table: 't', destinationSyncMode: 'append' } as ConnectionStream
const request = () =>
  ({
    warehouse,
    stream,
    replacesTable: true,
    previous: { syncId: 1 },
    table: [
      column('v', 'VARCHAR', 'text'),
      column('gone', 'INTEGER', 'integer'),
      column('n', 'INTEGER', 'integer'),
      ...metaColumns,
    ],
    onWarning: (message: string) => void warnings.push(message),
  }) as unknown as LoadRequest
const staged = {
  relation: 'staged',
  rows: 1,
  columns: [column('v', 'INTEGER', 'integer'), column('n', 'VARCHAR', 'text'), column('d', 'DATE', 'date')],
} as unknown as StagingTable

const load = (own: LoadDialect, asked: LoadRequest, rows = staged) =>
  publish({ staging: tables, tables, warehouse, dialect: own }, asked, rows, {
    add: (statement) => void statements.push(statement),
    afterCommit: (work) => void followUps.push(work),
    cleanUp: (work) => void followUps.push(work),
  })
const replace = (own: LoadDialect) => load(own, request())
const columnsNow = async () =>
  (await warehouse.columns({ schema: 'raw', identifier: 't' }))
    .map(({ name, type }) => `${name} ${type}`)
    .filter((one) => !/^_airbyte_(?!new)/.test(one))
const values = async (names: string) => (await tables.query(`select ${names} from raw.t`)).rows

describe('a table that is replaced by other types', () => {
  it('has its values where the rows do not come', async () => {
    const load = () => Promise.reject(new Error('the line is cut'))
    await expect(replace({ ...dialect, load })).rejects.toThrow('the line is cut')
    expect(await values('v, gone, n')).toEqual([['one', 7, 1]])
    const sql = "select table_name from information_schema.tables where table_name like '_airbyte_in_%'"
    expect((await tables.query(sql)).rows).toEqual([])
  })

  it('has them until the rows are committed, and the new types afterwards', async () => {
    await replace(dialect)
    expect(await values('v, gone, n')).toEqual([['one', 7, '1']])
    await dialect.commit(tables, statements, undefined)
    for (const { run } of followUps) await run()
    expect(await values('v, n, d')).toEqual([[5, 'x', '2024-02-29']])
    expect(await columnsNow()).toEqual(['v INTEGER', 'n VARCHAR', 'd DATE'])
    const columns = await warehouse.columns({ schema: 'raw', identifier: 't' })
    expect(columns.length).toBe(3 + metaColumns.length)
  })

  const sessionOf = (connections: Partial<LoadConnections> = {}) =>
    openSession({ staging: tables, tables, warehouse, dialect, ...connections }, 'c', undefined)

  it('gets its values at the next sync where one died behind the commit', async () => {
    await replace(dialect)
    await dialect.commit(tables, statements, undefined)
    expect(await values('v')).toEqual([[null]])
    const names = (await sessionOf().columns(stream)).map(({ name, type }) => `${name} ${type}`)
    expect(names).toEqual(expect.arrayContaining(['v INTEGER', 'n VARCHAR', 'd DATE']))
    expect(await values('v, n, d')).toEqual([[5, 'x', '2024-02-29']])
    expect((await columnsNow()).filter((name) => name.startsWith('_airbyte_new'))).toEqual([])
  })

  it('keeps its own values where one died before', async () => {
    await replace(dialect)
    await sessionOf().columns(stream)
    expect(await values('v, gone, n')).toEqual([['one', 7, '1']])
    // Nor is what was left in the way of the next load.
    followUps = []
    statements = []
    const table = (await sessionOf().columns(stream)).filter(({ name }) => name !== 'd')
    await load(dialect, { ...request(), table: [...table, column('d', 'DATE', 'date')] })
    await dialect.commit(tables, statements, undefined)
    for (const { run } of followUps) await run()
    expect(await columnsNow()).toEqual(['v INTEGER', 'n VARCHAR', 'd DATE'])
  })

  it('is committed, whatever fails afterwards, and what stays behind is told', async () => {
    await prepareSchemas(warehouse, [])
    const other = await warehouse.connect()
    const query: WarehouseConnection['query'] = (sql, options) =>
      /^drop table|_airbyte_new_\w+" as "v"/.test(sql)
        ? Promise.reject(new Error('no rights'))
        : other.query(sql, options)
    const failing = new Proxy(other, {
      get: (target, key) => {
        if (key === 'query') return query
        const value = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const session = sessionOf({ tables: failing })
    const published = await session.transaction(() => session.publish(request(), staged))
    expect(published).toMatchObject({ rows: 1 })
    expect(warnings).toEqual([
      expect.stringMatching(/^the rows are in raw\.t, but "raw"\."_airbyte_in_\w+", .* no rights$/),
      expect.stringMatching(/^the rows are in raw\.t, but its columns are not settled yet, .* no rights$/),
    ])
    await other.close()
    expect(await sessionOf().columns(stream)).toContainEqual(column('v', 'INTEGER', 'integer'))
    expect(await values('v, n, d')).toEqual([[5, 'x', '2024-02-29']])
  })
})

describe('rows that are added by a cursor', () => {
  it('are not added again because their source has a column more', async () => {
    await tables.query(
      `drop table staged; create table staged as select 'one' as v, 7 as gone, n, n + 4 as more, ${meta} from (values (1), (2)) t(n)`,
    )
    const columns = [
      column('v', 'VARCHAR', 'text'),
      ...['gone', 'n', 'more'].map((name) => column(name, 'INTEGER', 'integer')),
    ]
    const asked = { ...request(), replacesTable: false, cursor: { column: 'n', from: '1', stateAfter: () => ({}) } }
    const published = await load(dialect, asked, { relation: 'staged', rows: 2, columns } as unknown as StagingTable)
    await dialect.commit(tables, statements, undefined)
    expect(published.rows).toBe(1)
    expect(await values('n, more')).toEqual([
      [1, null],
      [2, 6],
    ])
  })
})

describe('rows that are merged by key', () => {
  const names = ['id', 'k', 'n'].map((name) => column(name, 'INTEGER', 'integer'))
  const rows = (values: string) => `select *, ${meta} from (values ${values}) t(id, k, n)`
  const merge = async (loaded: string, came: string, more: object) => {
    await tables.query(
      `drop table staged; create or replace table raw.t as ${rows(loaded)}; create table staged as ${rows(came)}`,
    )
    const asked = {
      ...request(),
      replacesTable: false,
      table: [...names, ...metaColumns],
      stream: { ...stream, syncMode: 'incremental', destinationSyncMode: 'append_dedup', ...more },
      ...more,
    } as unknown as LoadRequest
    const [[count] = []] = await tables.query('select count(*) from staged').then((result) => result.rows)
    const own = { relation: 'staged', rows: Number(count), columns: names } as unknown as StagingTable
    const published = await load(dialect, asked, own)
    await dialect.commit(tables, statements, undefined)
    return { rows: published.rows, table: await values('id, k, n').then((all) => [...all].sort()) }
  }

  it('are there where their partition is replaced by the same ones', async () => {
    // The second is older than that of the table, which is of the partition too; the fourth than one that stays.
    const merged = await merge('(1, 1, 1), (2, 2, 5), (3, 2, 3), (4, 1, 9)', '(2, 2, 4), (3, 2, 3), (4, 2, 8)', {
      primaryKey: [['id']],
      cursorField: ['n'],
      window: { type: 'values', field: 'k', values: ['2'] },
    })
    expect(merged).toEqual({
      rows: 2,
      table: [
        [1, 1, 1],
        [2, 2, 4],
        [3, 2, 3],
        [4, 1, 9],
      ],
    })
  })

  it('are no news where they come again as they are, without a cursor as well', async () => {
    const key = { primaryKey: [['id'], ['k']] }
    const merged = await merge(
      '(1, 1, 1), (2, null, 5), (3, null, null)',
      '(1, 1, 1), (2, null, 6), (3, null, null)',
      key,
    )
    expect(merged).toEqual({
      rows: 1,
      table: [
        [1, 1, 1],
        [2, null, 6],
        [3, null, null],
      ],
    })
  })
})
