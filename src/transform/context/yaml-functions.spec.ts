import { expect, test } from 'vitest'
import { JinjaEnvironment } from '../../jinja/index.js'
import { baseContext } from './base-context.js'
import type { Invocation } from './invocation.js'

const invocation = {
  ...{ id: '1', startedAt: new Date(0), env: {}, cliVars: {}, flags: {}, projectName: 'shop' },
  target: { type: 'duckdb', credentials: {} },
} as unknown as Invocation

const rendered = (source: string) =>
  new JinjaEnvironment().compile({ name: 'a', source }).renderSync(baseContext(invocation))

const text = String.raw`a: 2024-01-01\nb: 2024-01-01T10:00:00.5\nc: [x, null, {y: [1, {z: yes}]}]\nd: 1.0\ne: 12345678901234567890`

test('fromyaml makes the values that Python makes', () => {
  expect(rendered(`{{ fromyaml("${text}") }}`)).toBe(
    "{'a': datetime.date(2024, 1, 1), 'b': datetime.datetime(2024, 1, 1, 10, 0, 0, 500000), 'c': ['x', None, {'y': [1, {'z': True}]}], 'd': 1.0, 'e': 12345678901234567890}",
  )
  expect(rendered("{{ fromyaml('2024-02-03').month }}")).toBe('2')
})

test('keys are what they are, in their order', () => {
  expect(rendered("{{ fromyaml('10: ten\\n2: two').get(10) }} {{ fromyaml('10: ten\\n2: two') }}")).toBe(
    "ten {10: 'ten', 2: 'two'}",
  )
})

test('toyaml prints them as Python does', () => {
  expect(rendered(`{{ toyaml(fromyaml("${text}")) }}`)).toBe(`a: 2024-01-01
b: 2024-01-01 10:00:00.500000
c:
- x
- null
- y:
  - 1
  - z: true
d: 1.0
e: 12345678901234567890
`)
  expect(rendered("{{ toyaml({'s': 'yes', 'i': '12', 'd': '2024-01-01', 'n': {}, 'l': []}) }}")).toBe(
    "s: 'yes'\ni: '12'\nd: '2024-01-01'\nn: {}\nl: []\n",
  )
})

test('and keys as they are, in their order, or sorted', () => {
  expect(rendered("{{ toyaml({'b': 1, 2: 'x', '2': 'y'}) }}")).toBe("b: 1\n2: x\n'2': y\n")
  expect(rendered("{{ toyaml({'b': 1, 'a': {'d': 1, 'c': 2}}, sort_keys=true) }}")).toBe('a:\n  c: 2\n  d: 1\nb: 1\n')
})

test('tojson refuses what is no data, whatever the default', () => {
  expect(() => rendered("{{ tojson({'a': fromyaml('2024-01-01')}, 'none') }}")).toThrow(
    'Object of type date is not JSON serializable',
  )
})
