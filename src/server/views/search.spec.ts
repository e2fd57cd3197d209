import { describe, expect, it } from 'vitest'
import type { Definitions, Run } from '../../orchestrate/index.js'
import { search } from './search.js'

const asset = (key: string, description = '', columns: readonly string[] = []) => ({
  key,
  kinds: ['model'],
  group: 'shop',
  description,
  owners: [],
  tags: [],
  deps: [],
  columns: columns.map((name) => ({ name })),
  isExecutable: true,
})
const definitions = {
  assets: [
    asset('main/orders_by_day', 'How many orders a day'),
    asset('raw/orders', 'Loaded', ['id', 'amount']),
    asset('main/customers', 'Who orders'),
  ],
  connections: [{ name: 'orders', sourceConnector: 'file', streams: [{ name: 'orders' }] }],
  schedules: [{ name: 'nightly', cron: '0 5 * * *', description: '', target: '*' }],
  sensors: [],
  automations: [],
} as unknown as Definitions
const run = {
  id: '01a2-000f00d',
  selection: 'raw/orders',
  status: 'failed',
  trigger: {},
  createdAt: '',
} as unknown as Run
const columns = [
  { asset: 'raw/orders', name: 'amount', type: 'integer' },
  { asset: 'main/customers', name: 'loyal_since', type: 'date' },
  { asset: 'main/gone', name: 'loyal_once', type: 'date' },
]
const names = (text: string) =>
  search(definitions, { runs: [run], columns }, text, 20).map((hit) =>
    hit.type === 'asset'
      ? hit.key
      : hit.type === 'column'
        ? `${hit.asset}.${hit.column}`
        : hit.type === 'run'
          ? hit.id
          : hit.name,
  )

describe('the search', () => {
  it('puts exact names before beginnings, and those before descriptions', () => {
    expect(names('orders')).toEqual(['orders', 'raw/orders', 'main/orders_by_day', 'main/customers', run.id])
  })
  it('finds a column by its name, and by that of its asset too', () => {
    expect(names('amount')).toEqual(['raw/orders.amount'])
    expect(names('raw/orders amount')).toEqual(['raw/orders.amount'])
  })
  it('finds columns that only the warehouse has, of assets that there are', () => {
    expect(names('loyal')).toEqual(['main/customers.loyal_since'])
    expect(search(definitions, { runs: [], columns }, 'loyal_since', 1)).toEqual([
      { type: 'column', asset: 'main/customers', column: 'loyal_since', dataType: 'date', description: '' },
    ])
  })
  it('wants every word', () => {
    expect(names('orders day')).toEqual(['main/orders_by_day'])
    expect(names('orders nothing')).toEqual([])
  })
  it('finds a run by the end of its id, and a schedule', () => {
    expect(names('f00d')).toEqual([run.id])
    expect(names('nightly')).toEqual(['nightly'])
  })
  it('takes characters as they stand, and answers nothing for nothing', () => {
    expect(names('ord(ers')).toEqual([])
    expect(names('  ')).toEqual([])
  })
})
