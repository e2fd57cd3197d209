import { describe, expect, it } from 'vitest'
import { call, code, comment, Names, quoted, sourceOf } from './source-text.js'

/** What JavaScript makes of a literal. */
const meaning = (literal: string): unknown => new Function(`return (${literal})`)()

describe('texts in source code', () => {
  const hostile = [
    "it's",
    'say "x"',
    `both ' and "`,
    'a\nb',
    '`${x}`',
    '\\',
    '*/',
    '\u2028\u2029',
    "'; process.exit() //",
    '',
  ]
  it.each(hostile)('%j means itself', (text) => {
    expect(meaning(quoted(text))).toBe(text)
    expect(quoted(text)).not.toMatch(/[\n\u2028\u2029]/)
  })
  it('a comment stays a comment', () => {
    expect(comment(['a\nb', 'c\rd', 'e\u2028f']).split('\n')).toEqual(['// a', '// b', '// c', '// d', '// e', '// f'])
  })
})

describe('values in source code', () => {
  it('stand on one line where they fit, and are broken where not', () => {
    expect(sourceOf({ a: 1, b: undefined, 'c-d': ['x'] })).toBe("{ a: 1, 'c-d': ['x'] }")
    const long = { description: 'x'.repeat(90), group: 'reports', deps: [code('a')] }
    expect(sourceOf(long).split('\n')).toEqual([
      '{',
      `  description: '${'x'.repeat(90)}',`,
      "  group: 'reports',",
      '  deps: [a],',
      '}',
    ])
  })
  it('mean themselves', () => {
    const value = { list: [1, 'two', null, { deep: true }], __proto: 'x', "it's": -0.5 }
    expect(meaning(sourceOf(value))).toEqual(value)
  })
  it('methods have no colon', () => {
    expect(sourceOf({ run: code('run() {}'), go: code('async go() {}'), f: code('() => 1') })).toBe(
      '{ run() {}, async go() {}, f: () => 1 }',
    )
  })
  it('a call is as wide as its line', () => {
    expect(call('f', ['a', { b: 1 }]).text).toBe("f('a', { b: 1 })")
    expect(call('f', ['a', { b: 'x'.repeat(80) }], 40).text).toContain('{\n')
  })
})

it('names are legal, not reserved, and given once', () => {
  const names = new Names(['asset'])
  expect(
    ['reports/letter', 'reports/letter', 'class', 'asset', '7 days', 'ÄÖ', 'URL_of'].map((one) =>
      names.of(one, 'Asset'),
    ),
  ).toEqual(['reportsLetter', 'reportsLetterAsset', 'classAsset', 'assetAsset', '_7Days', '_', 'urlOf'])
})
