import { expect, it } from 'vitest'
import { interpolationOf } from './index.js'

const interpolation = interpolationOf({}, { clock: { now: () => new Date(0) } })

it.each([
  ['constant', []],
  ["{{ record['address']['city'] }}", [['address', 'city']]],
  ['{{ record.a.b }} {{ record["c"] }}', [['a', 'b'], ['c']]],
  ["{{ record.get('a', record.b) }}", [['a'], ['b']]],
  ["{{ config['x'] if record.a == 1 else stream_partition.y }}", [['a']]],
  ['{% if record.a is defined %}{{ record.b | string }}{% endif %}', [['a'], ['b']]],
  ["{{ record.a[0].b }} {{ record.c.get('d') }} {{ record.e.items() }}", [['a'], ['c'], ['e']]],
  ["{{ 'a' in record }}", undefined],
  ['{{ record }}', undefined],
  ['{{ record | string }}', undefined],
  ['{{ record.items() | list }}', undefined],
  ["{{ record[config['field']] }}", undefined],
  ['{% set r = record %}{{ r.a }}', undefined],
  ['{% for key in record %}{{ key }}{% endfor %}', undefined],
  ["{{ record.get(config['field']) }}", undefined],
  ['{{ record.', undefined],
])('%s looks at %j', (template, paths) => {
  expect(interpolation.recordPaths(template)).toEqual(paths)
})
