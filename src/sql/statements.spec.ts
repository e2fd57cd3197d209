import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leadingKeyword, splitStatements, withoutLastSemicolon } from './index.js'

describe('splitStatements', () => {
  it.each([
    ['select 1; select 2', ['select 1', 'select 2']],
    ["select ';' ; select 'it''s; fine'", ["select ';'", "select 'it''s; fine'"]],
    ['select "a;b" -- one; two\n; select 2', ['select "a;b" -- one; two', 'select 2']],
    ['/* a; /* b; */ c; */ select 1;', ['/* a; /* b; */ c; */ select 1']],
    ['select $x$ ; $x$; select $$;$$', ['select $x$ ; $x$', 'select $$;$$']],
    ["select E'\\'' ; select ';'", ["select E'\\''", "select ';'"]],
    ["select 1e'\\';' ; select type'\\' ; b", ["select 1e'\\';'", "select type'\\'", 'b']],
    ['select 1 as a$$; select 2 as b$$', ['select 1 as a$$', 'select 2 as b$$']],
    [' ; -- nothing\n ; ', []],
  ])('splits %s', (sql, expected) => {
    expect(splitStatements(sql)).toEqual(expected)
  })
  it.each([
    ['select \'it\\\'s; one\' ; select "a\\";b"', ["select 'it\\'s; one'", 'select "a\\";b"']],
    ["select r'\\' ; select `a\\`;", ["select r'\\'", 'select `a\\`']],
    ['select $$ ; select $$', ['select $$', 'select $$']],
  ])('splits %s where a backslash escapes', (sql, expected) => {
    expect(splitStatements(sql, { hasBackslashes: true })).toEqual(expected)
  })
  it('never loses a statement that holds no quote and no comment', () => {
    const word = fc.stringMatching(/^[a-z0-9 ]*[a-z0-9][a-z0-9 ]*$/)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(splitStatements(words.join(';'))).toEqual(words.map((text) => text.trim()))
      }),
    )
  })
})

describe('leadingKeyword', () => {
  it.each([
    ['  -- x\n /* y */ (SELECT 1)', 'select'],
    ['with a as (select 1) select * from a', 'with'],
    ['', ''],
  ])('of %s', (sql, expected) => {
    expect(leadingKeyword(sql)).toBe(expected)
  })
})

describe('withoutLastSemicolon', () => {
  it.each([
    ['select 1; -- done\n', 'select 1'],
    ['select 1 ;; /* ; */', 'select 1 '],
    ["select ';' -- a;", "select ';' -- a;"],
    ['select 1; select 2;', 'select 1; select 2'],
    ['', ''],
  ])('of %s', (sql, expected) => {
    expect(withoutLastSemicolon(sql)).toBe(expected)
  })
})
