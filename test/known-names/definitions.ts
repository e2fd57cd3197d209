// As ../authoring-types.ts, in a project whose names the compiler knows: `authoring-types.spec.ts` writes them beside it.
import {
  asset,
  check,
  checks,
  connection,
  dbt,
  externalAsset,
  mapping,
  multiAsset,
  newRows,
  onMaterialized,
  schedule,
  sensor,
  type TableRows,
  when,
} from 'millrace'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_isSame: Equal<A, B>) => {}

const { revenue } = dbt.models
const shop = connection('shop')

// Dependencies: what the project has, and assets of this file by their keys.
const report = asset('reports/revenue', {
  deps: ['raw/orders', 'raw/it\'s "odd"', 'main/revenue', 'reports/daily', 'exposures/board', shop.streams.orders],
  inputs: { revenue, users: dbt.sources['crm.users'], last: { asset: dbt.seeds.rates, mapping: mapping.last() } },
  async run({ inputs, query }) {
    same<typeof inputs.revenue, TableRows<{ day: string; total: string | null; orders: number | bigint | null }>>(true)
    same<typeof inputs.last, TableRows<{ [column: string]: unknown }>>(true)
    let total = 0
    for await (const row of inputs.revenue) {
      total += Number(row.orders)
      same<typeof row.total, string | null>(true)
      // @ts-expect-error the model has no such column
      row.ordres
      // @ts-expect-error a decimal comes as a text
      row.total?.toFixed()
    }
    for await (const row of inputs.users) {
      same<typeof row.id, number>(true)
      same<typeof row.whatever, unknown>(true)
      // @ts-expect-error of a column that nobody has told nothing is known
      row.whatever.length
    }
    await query(`select * from ${revenue}`)
    return { total, days: (await inputs.revenue.all()).length }
  },
})
asset('x', {
  inputs: { report },
  run: ({ inputs }) => same<typeof inputs.report, { total: number; days: number }>(true),
})
// @ts-expect-error no such model
dbt.models.revenues
// @ts-expect-error no such version
dbt.models['revenue.v9']
dbt.models['revenue.v1']
// @ts-expect-error no such source
dbt.sources['crm.user']
// @ts-expect-error there are no snapshots
dbt.snapshots.any
// @ts-expect-error no such connection
connection('shap')
// @ts-expect-error no such stream
shop.streams.refunds
shop.streams['it\'s "odd"']
// @ts-expect-error a stream of another connection
connection('empty').streams.orders
// @ts-expect-error no such asset
asset('x', { deps: ['main/revenues'], run: () => {} })
// @ts-expect-error a name of dbt is no key
asset('x', { deps: ['revenue'], run: () => {} })
// @ts-expect-error no such asset, with a mapping
asset('x', { deps: [{ asset: 'main/nope', mapping: mapping.last() }], run: () => {} })
// @ts-expect-error no such asset that an output reads
multiAsset('x', { outputs: { a: { deps: ['main/nope'] } }, run: () => {} })
// @ts-expect-error no such asset that others read
externalAsset('x', { deps: ['main/nope'] })
// @ts-expect-error no rows are read by a key
asset('x', { inputs: { rows: 'main/revenue' }, run: () => {} })

// Checks, conditions and targets.
check(revenue, 'x', {}, () => ({ passed: true }))
check('main/revenue', 'x', {}, () => ({ passed: true }))
// @ts-expect-error no such asset to check
check('main/revenues', 'x', {}, () => ({ passed: true }))
checks.schemaUnchanged(revenue, { allow: 'added', ignore: ['total'] })
// @ts-expect-error the model has no such column
checks.schemaUnchanged(revenue, { ignore: ['totals'] })
// @ts-expect-error no such asset to check
checks.rowCount('main/revenues', { min: 1 })
when.assetMatches(revenue, when.missing())
when.assetMatches('main/revenue', when.missing())
// @ts-expect-error no such asset to look at
when.assetMatches('main/revenues', when.missing())
schedule('x', { cron: '0 5 * * *', target: [revenue, report, shop.streams.orders] })
schedule('x', { cron: '0 5 * * *', target: 'group:marts+ not tag:slow' })
// @ts-expect-error not a target
schedule('x', { cron: '0 5 * * *', target: [7] })
sensor('x', newRows({ table: shop.streams.orders, cursor: 'id', target: revenue }))
sensor('x', { every: '5m', target: report, evaluate: () => ({ runs: [{ target: [revenue] }] }) })

// What sensors are told.
sensor(
  'told',
  onMaterialized({
    assets: [dbt.models.revenue],
    evaluate: ({ materializations }) => ({
      runs: materializations.flatMap(({ asset }) => (asset === 'main/revenue' ? [{ target: asset }] : [])),
    }),
  }),
)
// @ts-expect-error no such model
onMaterialized({ assets: [dbt.models.revenues], target: '*' })
// @ts-expect-error no such asset
onMaterialized({ assets: '*', evaluate: (news) => ({ skip: String(news.materializations[0]?.asset === 'main/nope') }) })
