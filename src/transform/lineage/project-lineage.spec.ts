import { describe, expect, it } from 'vitest'
import { duckdbDialect } from '../../sql/index.js'
import type { Manifest, ManifestNode } from '../contract.js'
import { type CompiledSql, ProjectLineage } from './project-lineage.js'
import { traceField } from './trace.js'

interface NodeSketch {
  readonly sql?: string
  readonly type?: string
  readonly materialized?: string
  readonly reads?: readonly string[]
  readonly config?: Record<string, unknown>
}

/** A project of nodes named by their id, all in the schema `main`. */
function projectOf(
  sketches: Readonly<Record<string, NodeSketch>>,
  warehouse: Readonly<Record<string, readonly string[]>> = {},
  sourceYaml: readonly string[] = [],
) {
  const idOf = (name: string) =>
    name.startsWith('raw_') ? `source.shop.${name}` : `${sketches[name]?.type ?? 'model'}.shop.${name}`
  const nodes = Object.entries(sketches).map(
    ([name, { type = 'model', materialized = 'table', reads = [], config }]) => ({
      unique_id: idOf(name),
      resource_type: type,
      name,
      alias: name,
      database: 'db',
      schema: 'main',
      language: 'sql',
      config: { materialized, ...config },
      depends_on: { nodes: reads.map(idOf), macros: [] },
    }),
  )
  const source = {
    unique_id: 'source.shop.raw_orders',
    schema: 'main',
    identifier: 'raw_orders',
    database: 'db',
    columns: Object.fromEntries(sourceYaml.map((name) => [name, { name }])),
  }
  const child_map: Record<string, string[]> = {}
  for (const node of nodes)
    for (const id of node.depends_on.nodes) child_map[id] = [...(child_map[id] ?? []), node.unique_id]
  const manifest = {
    nodes: Object.fromEntries(nodes.map((node) => [node.unique_id, node])),
    sources: { [source.unique_id]: source },
    child_map,
  } as unknown as Manifest
  let analyses = 0
  const cache = new Map()
  const open = () =>
    new ProjectLineage({
      manifest,
      dialect: duckdbDialect,
      compile: async (node: ManifestNode): Promise<CompiledSql> => {
        analyses++
        const sql = sketches[node.name]?.sql
        return sql === undefined ? { reason: 'it was not compiled' } : { sql }
      },
      inWarehouse: ({ identifier }) => warehouse[identifier],
      seedHeader: async () => ['code', 'label'],
      cache,
    })
  return { lineage: open(), open, cache, compiled: () => analyses }
}

const lines = async (lineage: ProjectLineage, id: string) =>
  (await lineage.of(id)).columns.map(
    ({ name, use, inputs, unknown }) =>
      `${name}: ${unknown ?? [use, ...inputs.map((input) => `${input.node.split('.').at(-1)}.${input.column}`)].join(' ')}`,
  )

describe('ProjectLineage', () => {
  it('knows the columns of a model by the SQL of those before it', async () => {
    const { lineage } = projectOf(
      {
        stg: { sql: 'select id, amount / 100 as euro from "db"."main"."raw_orders"', reads: ['raw_orders'] },
        mart: { sql: 'select *, euro * 2 as twice from main.stg', reads: ['stg'] },
      },
      { raw_orders: ['id', 'amount'] },
    )
    expect(await lines(lineage, 'model.shop.mart')).toEqual([
      'id: copied stg.id',
      'euro: copied stg.euro',
      'twice: transformed stg.euro',
    ])
  })
  it('takes a column of a source that only YAML describes, and does not believe that these are all', async () => {
    const { lineage } = projectOf(
      {
        stg: { sql: 'select id, other from main.raw_orders', reads: ['raw_orders'] },
        all: { sql: 'select * from main.raw_orders', reads: ['raw_orders'] },
      },
      {},
      ['id'],
    )
    expect(await lines(lineage, 'model.shop.stg')).toEqual([
      'id: copied raw_orders.id',
      'other: copied raw_orders.other',
    ])
    expect(await lineage.of('model.shop.all')).toMatchObject({ isComplete: false, unknownColumns: [] })
  })
  it('names seeds by their header, and what snapshots add', async () => {
    const { lineage } = projectOf({
      codes: { type: 'seed', materialized: 'seed' },
      history: {
        type: 'snapshot',
        materialized: 'snapshot',
        sql: 'select * from main.codes',
        reads: ['codes'],
        config: { hard_deletes: 'new_record', snapshot_meta_column_names: { dbt_valid_to: 'until' } },
      },
      now: { sql: 'select code, until from main.history where dbt_is_deleted is null', reads: ['history'] },
    })
    expect(await lines(lineage, 'model.shop.now')).toEqual(['code: copied history.code', 'until: copied history.until'])
    expect((await lineage.of('model.shop.now')).unknownColumns).toEqual([])
  })
  it('finds a column that no table in reach has', async () => {
    const { lineage } = projectOf(
      {
        stg: { sql: 'select id from main.raw_orders', reads: ['raw_orders'] },
        mart: { sql: 'select idd from main.stg', reads: ['stg'] },
      },
      { raw_orders: ['id'] },
    )
    expect((await lineage.of('model.shop.mart')).unknownColumns.map(({ name }) => name)).toEqual(['idd'])
  })
  it('does not call a column unknown that an incremental table may still have, or one whose SQL is not understood', async () => {
    const { lineage } = projectOf(
      {
        grown: { sql: 'select id from main.raw_orders', reads: ['raw_orders'], materialized: 'incremental' },
        odd: { sql: 'pivot main.raw_orders on id', reads: ['raw_orders'] },
        a: { sql: 'select former from main.grown', reads: ['grown'] },
        b: { sql: 'select anything from main.odd', reads: ['odd'] },
      },
      { raw_orders: ['id'], grown: ['id', 'former'], odd: ['id', 'x'] },
    )
    for (const name of ['a', 'b']) expect((await lineage.of(`model.shop.${name}`)).unknownColumns).toEqual([])
    expect((await lineage.of('model.shop.odd')).reason).toContain('not understood')
  })
  it('says why a model is not known instead of guessing', async () => {
    const { lineage } = projectOf({
      later: {},
      child: { sql: 'select x.*, 1 as one from main.later x', reads: ['later'] },
    })
    expect(await lineage.of('model.shop.later')).toMatchObject({
      columns: [],
      isComplete: false,
      reason: 'it was not compiled',
    })
    expect(await lineage.of('model.shop.child')).toMatchObject({
      isComplete: false,
      reason: 'the columns of main.later are not known',
    })
  })
  it('analyses the same SQL over the same columns once', async () => {
    const { open, cache } = projectOf(
      { stg: { sql: 'select id from main.raw_orders', reads: ['raw_orders'] } },
      { raw_orders: ['id'] },
    )
    const first = (await open().of('model.shop.stg')).columns
    expect(cache.size).toBe(1)
    expect((await open().of('model.shop.stg')).columns).toEqual(first)
    expect(cache.size).toBe(1)
  })
})

describe('traceField', () => {
  it('follows a field up to its source and down to the last mart, through ephemeral models', async () => {
    const { lineage } = projectOf(
      {
        stg: { sql: 'select id, amount from main.raw_orders', reads: ['raw_orders'] },
        eph: { sql: 'select id, amount * 2 as twice from main.stg', reads: ['stg'], materialized: 'ephemeral' },
        mart: {
          sql: 'with __dbt__cte__eph as (select id, amount * 2 as twice from main.stg) select id, sum(twice) as total from __dbt__cte__eph group by id',
          reads: ['eph'],
        },
      },
      { raw_orders: ['id', 'amount'] },
    )
    const { edges, rows, unknown } = await traceField(lineage, { node: 'model.shop.stg', column: 'AMOUNT' })
    const shown = edges.map(({ from, to, use }) =>
      `${from.node.split('.').at(-1)}.${from.column} > ${to.node.split('.').at(-1)}.${to.column} ${use}`.toLowerCase(),
    )
    expect(shown.sort()).toEqual([
      'raw_orders.amount > stg.amount copied',
      'stg.amount > eph.twice transformed',
      'stg.amount > mart.total aggregated',
    ])
    expect([rows, unknown]).toEqual([[], []])
  })
  it('tells whose rows a field decides over, itself or by what is made of it', async () => {
    const { lineage } = projectOf(
      {
        stg: { sql: "select id, code as c from main.raw_orders where state = 'paid'", reads: ['raw_orders'] },
        mart: {
          sql: 'select x.c, count(*) as n from main.stg x join main.stg y using (id) group by x.c',
          reads: ['stg'],
        },
        first: { sql: 'select id from main.stg order by c limit 1', reads: ['stg'] },
      },
      { raw_orders: ['id', 'state', 'code'] },
    )
    const decided = async (column: string) => {
      const { rows } = await traceField(lineage, { node: 'source.shop.raw_orders', column }, 'down')
      return rows.map(({ from, node, use }) =>
        `${from.node}.${from.column} ${use} ${node}`.replaceAll(/\w+\.shop\./g, ''),
      )
    }
    expect(await decided('state')).toEqual(['raw_orders.state filter stg'])
    expect(await decided('code')).toEqual(['stg.c group mart', 'stg.c filter first'])
    expect(await decided('id')).toEqual(['stg.id join mart'])
  })
})
