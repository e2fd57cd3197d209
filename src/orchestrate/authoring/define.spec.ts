import { expect, it } from 'vitest'
import { onMaterialized } from '../sensors/asset-sensor.js'
import { onRunStatus } from '../sensors/run-status-sensor.js'
import { check } from './checks/check.js'
import { asset, automation, externalAsset, schedule } from './define.js'
import { multiAsset } from './multi-asset.js'
import { resource } from './resource.js'
import { sensor } from './sensor.js'
import { when } from './when.js'

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

const at = { cron: '@daily', target: '*' }
const looks = { target: '*', every: '1m', evaluate: () => ({ skip: 'no' }) }
const automated = { target: '*', condition: when.eager() }
const passes = () => ({ passed: true })
const defining = {
  asset: (options: object) => asset('x', { run, ...options } as never),
  output: (options: object) => multiAsset('m', { outputs: { x: options as never }, run }),
  multi: (options: object) => multiAsset('m', { outputs: { x: {} }, run, ...options } as never),
  external: (options: object) => externalAsset('x', options as never),
  check: (options: object) => check('x', 'c', options as never, passes),
  schedule: (options: object) => schedule('s', { ...at, ...options } as never),
  sensor: (options: object) => sensor('s', { ...looks, ...options } as never),
  automation: (options: object) => automation('a', { ...automated, ...options } as never),
  resource: (options: object) => resource('r', { open: () => 1, ...options } as never),
} as const

it.each<[keyof typeof defining, object]>([
  ['asset', { tags: { team: 'a' } }],
  ['asset', { tags: 'a' }],
  ['asset', { owners: [7] }],
  ['asset', { kinds: 'python' }],
  ['asset', { group: ['a'] }],
  ['asset', { description: {} }],
  ['asset', { deps: 'raw/x' }],
  ['asset', { deps: [undefined] }],
  ['asset', { deps: [{ asset: 'y', mapping: 'all' }] }],
  ['asset', { retry: 3 }],
  ['asset', { retry: { max: '3' } }],
  ['asset', { retry: { max: 3, backoff: 'linear' } }],
  ['asset', { pool: 4 }],
  ['asset', { metadata: 'words' }],
  ['asset', { metadata: { a: { url: 'x' } } }],
  ['asset', { codeVersion: 2 }],
  ['asset', { freshness: '1d' }],
  ['asset', { makesPartitions: 'all' }],
  ['asset', { inputs: ['y'] }],
  ['output', { tags: { team: 'a' } }],
  ['output', { isOptional: 'yes' }],
  ['multi', { canSubset: 1 }],
  ['multi', { outputs: ['x'] }],
  ['external', { owners: 'me' }],
  ['external', { every: 5 }],
  ['check', { blocking: 'yes' }],
  ['check', { description: 1 }],
  ['schedule', { cron: 5 }],
  ['schedule', { cron: [] }],
  ['schedule', { timezone: 1 }],
  ['schedule', { tags: ['a'] }],
  ['schedule', { catchUp: true }],
  ['schedule', { overlap: 'never' }],
  ['schedule', { config: [] }],
  ['schedule', { on: 'yes' }],
  ['sensor', { every: 30 }],
  ['sensor', { every: 'often' }],
  ['sensor', { description: [] }],
  ['automation', { on: 0 }],
  ['resource', { close: true }],
  ['resource', { description: 1 }],
])('%s: %j is told where it is written', (what, options) => {
  const [option = ''] = Object.keys(options)
  expect(() => defining[what](options)).toThrowError(
    expect.objectContaining({
      code: 'DEFINITIONS_INVALID',
      message: expect.stringMatching(new RegExp(`^\`${option}\` of the .*(x|m|c|s|a|r).* is `)),
      hint: expect.stringMatching(/^It may be /),
    }),
  )
  expect(() => defining[what]({})).not.toThrow()
})

it('says what an option is, and what it may be', () => {
  expect(() => asset('web/x', { run, tags: { team: 'a' } } as never)).toThrowError(
    expect.objectContaining({
      message: '`tags` of the asset web/x is {"team":"a"}.',
      hint: "It may be a list of texts, such as ['a', 'b'].",
    }),
  )
  expect(() => check('x', 'c', passes as never, undefined as never)).toThrow(
    'The check c has a function for its options.',
  )
  expect(() => sensor('s', { target: '*', evaluate: looks.evaluate } as never)).toThrow('The sensor s lacks `every`')
})
