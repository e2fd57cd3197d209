import { expect, it } from 'vitest'
import { stepLabel } from './step-label.js'

it.each([
  ['sync:flights', 'sync flights'],
  ['ts:reports/delay_report', 'typescript reports/delay_report'],
  ['dbt:model.shop.orders', 'model orders'],
  ['dbt:model.shop.orders.v2', 'model orders.v2'],
  ['dbt:test.shop.not_null_orders_id.1a2b3c4d5e', 'test not_null_orders_id'],
  ['dbt:test.shop.totals_match', 'test totals_match'],
  ['dbt:unit_test.shop.orders.adds_up', 'unit test orders.adds_up'],
])('%s is "%s"', (key, label) => expect(stepLabel(key)).toBe(label))
