import { expect, test } from 'vitest'
import { PyFloat } from '../../jinja/index.js'
import { exactJson, readExactJson } from './exact-json.js'

const odd = {
  big: [12345678901234567890n, -(2n ** 64n), { deep: 9007199254740993n }],
  float: [new PyFloat(12), new PyFloat(-1), 1.5, 1e300],
  plain: [1, -0.5, 9007199254740991, null, true],
  text: ['12345678901234567890', '1.0', 'a "1.0", 12345678901234567890,', '\\', ':12345678901234567890}'],
  '12345678901234567890': ', 1.0 ',
}

test('numbers come back as they were, wherever they stand', () => {
  const text = exactJson(odd)
  expect(text).toContain('[12345678901234567890,-18446744073709551616,{"deep":9007199254740993}]')
  expect(text).toContain('[12.0,-1.0,1.5,1e+300]')
  expect(readExactJson(text)).toEqual(odd)
  expect(readExactJson(exactJson(odd, { indent: 2 }))).toEqual(odd)
})

test('without such numbers it is plain JSON', () => {
  const plain = { a: [1, 'x', null], b: { c: 1.5 } }
  expect(exactJson(plain)).toBe(JSON.stringify(plain))
  expect(readExactJson(JSON.stringify(plain))).toEqual(plain)
  expect(() => readExactJson('{"a": 1.0')).toThrow(SyntaxError)
})
