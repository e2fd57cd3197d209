import { expect, it } from 'vitest'
import { mergeFreshness, readFreshness } from './freshness-criteria.js'

const hours = (count: number) => ({ count, period: 'hour' })
const day = { warn_after: hours(18), error_after: hours(24) }

it.each<[string, unknown[], unknown]>([
  ['nothing said', [undefined, undefined], undefined],
  ['a level without a word leaves all as it is', [day, undefined, {}], day],
  ['a threshold is updated', [day, { warn_after: { count: 6 } }], { ...day, warn_after: hours(6) }],
  ['an empty threshold is none', [day, { error_after: {} }], day],
  ['null switches one off', [day, { error_after: null }], { ...day, error_after: null }],
  ['null switches all off', [day, null, undefined], null],
  ['what is no mapping ends it', [day, 3, { warn_after: hours(1) }], 3],
  ['so does a threshold that is none', [day, { warn_after: 3 }], { ...day, warn_after: 3 }],
  ['a later level switches it on again', [null, undefined, { warn_after: hours(1) }], { warn_after: hours(1) }],
])('%s', (_, levels, merged) => expect(mergeFreshness(levels)).toEqual(merged))

it('keeps what is switched off apart from what is not said', () => {
  expect(readFreshness({ error_after: null })).toEqual({
    warn_after: { count: null, period: null },
    error_after: null,
    filter: null,
  })
})
