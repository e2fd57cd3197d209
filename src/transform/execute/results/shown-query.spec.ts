import { expect, test } from 'vitest'
import { inlineQuery, takesLimit } from './shown-query.js'

/** An engine with backslashes in its texts and `//` for comments. */
const other = {
  statementsOf: (sql: string) =>
    [...sql.matchAll(/(?:'(?:\\.|[^'\\])*'|\/\/[^\n]*\n?|[^;'])+/g)].flatMap(([text]) => {
      const code = text.replace(/\/\/[^\n]*\n?/g, '').trim()
      return code === '' ? [] : [{ text: text.trim(), keyword: code.split(' ')[0] ?? '' }]
    }),
}

test.each([
  ["select 'it\\'s' as a;", "select 'it\\'s' as a"],
  ["// why; so\nselect ';' as a;", "// why; so\nselect ';' as a"],
  ['select 1; select 2;', 'select 1; select 2;'],
])('the semicolon at the end is that of the engine: %j', (sql, expected) => {
  expect(inlineQuery(sql, other)).toBe(expected)
  expect(takesLimit(inlineQuery(sql, other), other)).toBe(true)
})

test('an engine that quotes as the standard says', () => {
  expect(inlineQuery("select ';' as a; -- so")).toBe("select ';' as a")
  expect(takesLimit('describe a')).toBe(false)
})

test.each([' ;', '-- nothing\n;', ''])('nothing is no query: %j', (sql) => {
  expect(() => inlineQuery(sql)).toThrow('There is no SQL')
  expect(() => inlineQuery(sql.replace('--', '//'), other)).toThrow('There is no SQL')
})
