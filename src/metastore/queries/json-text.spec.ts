import { expect, it } from 'vitest'
import { jsonText } from './json-text.js'

it('what PostgreSQL cannot keep is left out of texts and names, and nothing else', () => {
  expect(jsonText({ 'a\0': 'x\0\0y\\\0' })).toBe('{"a":"xy\\\\"}')
  expect(jsonText(['\\u0000', '\u0001', '\ud83d\ude00', undefined])).toBe('["\\\\u0000","\\u0001","\ud83d\ude00",null]')
  expect(jsonText('a\ud800b')).toBe('"a\ufffdb"')
  expect(jsonText(undefined)).toBe('null')
})
