import { expect, it } from 'vitest'
import { onMaterialized } from '../sensors/on-materialized.js'
import { onRunStatus } from '../sensors/on-run-status.js'
import { asset, externalAsset, schedule } from './define.js'

const run = () => {}

it.each<[string, () => unknown, string]>([
  [
    'a text in a list of assets',
    () => onMaterialized({ assets: ['x/nope'] as never, target: '*' }),
    'The assets of onMaterialized(…): "x/nope" in a list is no asset and no table.',
  ],
  ['an empty list', () => schedule('s', { cron: '@daily', target: [] }), 'The schedule s has no target.'],
  [
    'a look without how often',
    () => externalAsset('x', { observe: () => ({ dataVersion: '1' }) } as never),
    'The external asset x lacks `every`: how often it is looked at.',
  ],
  [
    'a status that no run ends as',
    () => onRunStatus({ statuses: ['fail'] as never, target: '*' }),
    'The statuses of onRunStatus(…) are ["fail"]; they may be succeeded, failed, cancelled.',
  ],
  [
    'an executor that is none',
    () => asset('x', { executor: 'proces', run } as never),
    "The executor of x is \"proces\"; it may be 'thread' or 'process'.",
  ],
  [
    'one bad cron expression of several',
    () => schedule('nightly', { cron: ['0 5 * * *', '0 25 * * *'], target: '*' }),
    'The schedule nightly: `0 25 * * *` (UTC) is not a cron expression with a time zone: Invalid value for hour: 25',
  ],
])('says what is wrong with %s', (_, define, message) => {
  expect(define).toThrowError(expect.objectContaining({ message }))
})
