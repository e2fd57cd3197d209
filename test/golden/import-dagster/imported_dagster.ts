// From Dagster 1.13.27 at http://localhost:3000: what of it can be said here, by `millrace import dagster`.
// The list beside this file says what a person must finish. Once that is begun, this file is yours: importing again writes it anew.

import { asset, check, connection, dbt, externalAsset, freshness, mapping, multiAsset, partitions, schedule, z } from '../../../src/index.js'

/** Stands where code of Dagster stood: what still has to be written. */
function unfinished(what: string, inDagster: string): never {
  throw new Error(`${what} is not written yet: in Dagster ${inDagster} does it. Write it in TypeScript, or let \`pipes\` run the Python.`)
}

// --- Partitions ---

const daily = partitions.daily({ start: '2026-06-01', hour: 20 })

const customersPartitions = partitions.dynamic('customers')

const windows = partitions.cron('*/15 * * * *', { start: '2026-11-01' })

const dailyPartitions = partitions.daily({ start: '2024-01-01', end: '2024-03-01', timezone: 'Europe/Berlin' })

const combinations = partitions.multi({ date: dailyPartitions, region: partitions.static(['eu', 'us', 'ap_south']) })

// --- Assets ---

// Its automation, once it is written: when.onCron('0 6 * * *', 'Europe/Berlin')
const visits = asset('visits', {
  group: 'default',
  partitions: dailyPartitions,
  makesPartitions: 'together',
  run: () => unfinished('visits', 'the op visits of definitions.py'),
})

const byRegion = asset('by_region', {
  deps: [visits],
  group: 'default',
  partitions: combinations,
  run: () => unfinished('by_region', 'the op by_region of definitions.py'),
})

const closing = asset('closing', {
  group: 'default',
  partitions: daily,
  run: () => unfinished('closing', 'the op closing of definitions.py'),
})

const letterBox = externalAsset('letter_box', { group: 'default' })

const dashboard = externalAsset('dashboard', {
  deps: [letterBox, dbt.models.mart_revenue],
  description: 'Grafana',
  group: 'default',
  kinds: ['grafana'],
})

const perCustomer = asset('per_customer', {
  deps: [dbt.models.stg_orders],
  group: 'default',
  partitions: customersPartitions,
  run: () => unfinished('per_customer', 'the op per_customer of definitions.py'),
})

const quarterHours = asset('quarter_hours', {
  group: 'default',
  partitions: windows,
  run: () => unfinished('quarter_hours', 'the op quarter_hours of definitions.py'),
})

// In Dagster a function looks at it: `observe` and `every` do that here.
const rates = externalAsset('rates', { description: 'Rates of the bank', group: 'bank' })

// Resources: api
// Its automation, once it is written: when.eager()
const reportsLetter = asset('reports/letter', {
  deps: [dbt.models.mart_revenue],
  description: "Who bought most?\n\nIt's one page, `A4`, for the ${BOARD}.",
  group: 'reports',
  kinds: ['pdf', 'python'],
  owners: ['ada@example.com', 'team:sales'],
  tags: ['domain=sales', 'weekly'],
  metadata: { runbook: { type: 'url', url: 'https://example.com/runbook' }, pages: 1 },
  codeVersion: '3',
  pool: 'printer',
  config: z.object({ days: z.number().int().default(7) }),
  run: () => unfinished('reports/letter', 'the op reports__letter of definitions.py'),
})

const hasOnePage = check(reportsLetter, 'has_one_page', {}, () => unfinished('reports/letter: has_one_page', 'a check of definitions.py'))

// Its automation, once it is written: sales/weekly: when.onMissing()
const salesReports = multiAsset('sales_reports', {
  outputs: {
    'sales/daily': { deps: [dbt.models.mart_revenue], group: 'reports' },
    'sales/weekly': { deps: ['sales/daily'], group: 'reports' },
  },
  run: () => unfinished('sales_reports', 'the op sales_reports of definitions.py'),
})

const shopOrders = externalAsset('shop/orders', { group: 'default' })

// Stands for what Airbyte loads (shop → warehouse): take it out once that is in the project.
const rawShopCustomers = externalAsset('raw/shop_customers', {
  group: 'airbyte',
  kinds: ['airbyte', 'postgres'],
})

const totals = asset('totals', {
  deps: [reportsLetter],
  group: 'default',
  freshness: freshness.timeWindow({ fail: '36h', warn: '1d' }),
  run: () => unfinished('totals', 'the op totals of definitions.py'),
})

// Its automation, once it is written: (any_deps_updated) AND (NOT (in_progress))
const trend = asset('trend', {
  deps: [{ asset: visits, mapping: mapping.timeWindow({ startOffset: -6 }) }],
  group: 'default',
  partitions: dailyPartitions,
  run: () => unfinished('trend', 'the op trend of definitions.py'),
})

// --- Checks of streams and models ---

// const notEmpty = check(dbt.models.mart_revenue, 'not_empty', { blocking: true, description: 'There is some' }, async ({ query }) => {
//   const rows = await query('select …')
//   return { passed: rows.length > 0 }
// })

// const notNullStgOrdersId = check(dbt.models.stg_orders, 'not_null_stg_orders_id', { blocking: true }, async ({ query }) => {
//   const rows = await query('select …')
//   return { passed: rows.length > 0 }
// })

// const uniqueStgOrdersId = check(dbt.models.stg_orders, 'unique_stg_orders_id', { blocking: true }, async ({ query }) => {
//   const rows = await query('select …')
//   return { passed: rows.length > 0 }
// })

// --- Jobs of definitions.py: what they make ---

export const dailyVisits = [trend, visits]

export const letters = [reportsLetter, { key: 'sales/daily' }, { key: 'sales/weekly' }]

export const marts = [connection('shop').streams.orders]

// All that the totals need
export const upToTotals = [dbt.models.mart_revenue, reportsLetter, dbt.models.stg_orders, totals]

// --- Schedules ---

const dailyVisitsSchedule = schedule('daily_visits_schedule', {
  cron: '0 0 * * *',
  timezone: 'Europe/Berlin',
  target: dailyVisits,
  on: false,
})

const nightly = schedule('nightly', {
  cron: '0 5 * * *',
  timezone: 'Europe/Berlin',
  target: marts,
  description: 'Every night',
  tags: { team: 'a', 'dagster/priority': '1' },
})

const twice = schedule('twice', {
  cron: ['0 5 * * *', '0 17 * * 1-5'],
  target: [dbt.seeds.countries, dbt.models.stg_orders],
})

// It is on in Dagster, and off here: the code of reports/letter, sales/daily, sales/weekly has to be written.
const weeklyLetters = schedule('weekly_letters', { cron: '0 0 * * 0', target: letters, on: false })

// --- Sensors: each is what it was told of in Dagster, and has to be written ---

// after_both: told when several assets were made; off in Dagster
// const afterBoth = sensor('after_both', onMaterialized({ assets: [/* which assets, Dagster does not tell */], all: true, target: [reportsLetter], on: false }))

// after_orders: told when an asset was made; off in Dagster
// const afterOrders = sensor('after_orders', onMaterialized({
//   assets: [connection('shop').streams.orders],
//   target: letters,
//   description: 'Letters follow orders',
//   on: false,
// }))

// new_files: a function looks for something new, every 5m
// const newFiles = sensor('new_files', {
//   every: '5m',
//   target: [reportsLetter],
//   async evaluate({ cursor, signal }) {
//     return { cursor, skip: 'not written yet' }
//   },
// })

// tell_failures: told how runs end; off in Dagster
// const tellFailures = sensor('tell_failures', onRunStatus({
//   statuses: ['failed'],
//   async evaluate({ run }) {
//     // What was done about it.
//   },
//   on: false,
// }))

export const imported = [
  visits,
  byRegion,
  closing,
  letterBox,
  dashboard,
  perCustomer,
  quarterHours,
  rates,
  reportsLetter,
  hasOnePage,
  salesReports,
  shopOrders,
  rawShopCustomers,
  totals,
  trend,
  dailyVisitsSchedule,
  nightly,
  twice,
  weeklyLetters,
] as const
