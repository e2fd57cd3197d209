import { expect, it } from 'vitest'
import type { AssetSummary } from '../../../../src/server/contract/index.js'
import { fieldPath, parseField } from './field-path.js'

const assets = ['raw/orders', 'main/stg', 'main/mart', 'main/other'].map((key) => ({ key }) as AssetSummary)

it('keeps the assets that a field passes, with the columns that carry it', () => {
  const path = fieldPath(
    'main/stg.amount',
    {
      edges: [
        { from: { asset: 'raw/orders', column: 'price' }, to: { asset: 'main/stg', column: 'amount' }, use: 'copied' },
        {
          from: { asset: 'main/stg', column: 'amount' },
          to: { asset: 'main/mart', column: 'total' },
          use: 'aggregated',
        },
        {
          from: { asset: 'db.elsewhere', column: 'x' },
          to: { asset: 'main/stg', column: 'amount' },
          use: 'transformed',
        },
      ],
      rows: [{ from: { asset: 'main/stg', column: 'amount' }, asset: 'main/other', use: 'filter' }],
      unknown: [{ asset: 'main/mart', column: 'n', reason: 'why' }],
    },
    assets,
  )
  expect(path.assets.map(({ key }) => key)).toEqual(['main/stg', 'raw/orders', 'main/mart', 'main/other'])
  expect(Object.fromEntries(path.deps)).toEqual({
    'main/stg': ['raw/orders'],
    'main/mart': ['main/stg'],
    'main/other': ['main/stg'],
  })
  expect(path.columns.get('main/mart')).toEqual(['total'])
  expect(path.columns.get('main/other')).toEqual(['rows: filter'])
  expect(path.notes).toHaveLength(2)
})

it('takes the column behind the last dot', () => {
  expect(parseField('main/a.b.c')).toEqual({ asset: 'main/a.b', column: 'c' })
})
