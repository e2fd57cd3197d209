import { describe, expect, it, vi } from 'vitest'
import { setRevocationChecks } from './connect.js'
import { foldedName } from './names.js'
import { bound, literal } from './parameters.js'
import { isReading } from './reading.js'
import { SessionChanges } from './session-changes.js'
import { hasBlock, placeholders, snowflakeStatements } from './statements.js'

describe('statements', () => {
  it.each([
    ["select 'a;\\';b'; select 2;", ["select 'a;\\';b'", 'select 2']],
    ['select 1 -- ; no\n; // ; neither\nselect 2', ['select 1 -- ; no', '// ; neither\nselect 2']],
    ['select $$a;b$$; select "x;""y"', ['select $$a;b$$', 'select "x;""y"']],
    ['/* ; */ ; ;', []],
    ['select 1 as a$$; drop table t; -- $$', ['select 1 as a$$', 'drop table t']],
  ])('%s', (sql, statements) => expect(snowflakeStatements(sql)).toEqual(statements))
  it('tells blocks of a program from transactions', () => {
    expect(hasBlock('begin; insert into t values (1); commit')).toBe(false)
    expect(hasBlock('begin transaction')).toBe(false)
    expect(hasBlock('begin name t1; select 1')).toBe(false)
    expect(hasBlock("select 'we begin the day' as a; select 2")).toBe(false)
    expect(hasBlock('create table a (begin date); select 1')).toBe(false)
    expect(hasBlock('create procedure p() returns int language sql as begin return 1; end')).toBe(true)
    expect(hasBlock('create procedure p() returns int language sql as $$ begin return 1; end $$; select 1')).toBe(true)
    expect(hasBlock('begin\n  let x := 1;\nend')).toBe(true)
    expect(hasBlock('declare x int; begin return x; end')).toBe(true)
  })
  it('finds the places of values', () => {
    expect(placeholders('select \'?\', ? -- ?\n, "?", ?')).toEqual([12, 26])
  })
})

describe('values', () => {
  it('are sent, or written where the driver would lose something of them', () => {
    expect(bound('select ?, ?, ?', [1, 2n ** 63n, 'a'])).toEqual({
      text: 'select ?, 9223372036854775808, ?',
      binds: [1, 'a'],
    })
  })
  it('keep backslashes, quotes and bytes', () => {
    expect(literal("a\\'b")).toBe("'a\\\\''b'")
    expect(literal(new Uint8Array([0, 255]))).toBe("to_binary('00ff', 'HEX')")
    expect(literal(Number.NaN)).toBe("'NaN'::float")
  })
})

describe('what only reads', () => {
  it.each([
    '-- a\n(select 1)',
    'select \'->>\', $$ ->> $$, "->>" /* ->> */ -- ->>',
    "select 'system$wait(1)', a as procedure, system$b from t",
    'with a as (select 1) select identifier($x) from a',
    'show tables',
  ])('is let through: %s', (sql) => expect(isReading(sql)).toBe(true))
  it.each([
    'drop table t',
    'select 1 ->> drop table t',
    'show tables\n->>\ndelete from t',
    'select 1 as a$$ ->> drop table t -- $$',
    "select '\\'' ->> drop table t --'",
    'select SYSTEM$CANCEL_QUERY($x)',
    'select "SYSTEM$CANCEL_QUERY" ($x)',
    "select system$wait/* */('1')",
    "select identifier('system$' || 'wait')('1')",
    'with p as /* */ procedure () returns int language sql as $$ begin drop table t; end $$ call p()',
  ])('is refused: %s', (sql) => expect(isReading(sql)).toBe(false))
})

it('one account does not decide for another whether certificates are checked', () => {
  const driver = { configure: vi.fn() }
  setRevocationChecks(driver, false)
  setRevocationChecks(driver, false)
  expect(() => setRevocationChecks(driver, true)).toThrow(
    expect.objectContaining({ code: 'WAREHOUSE_REFUSED', message: expect.stringContaining('insecure_mode') }),
  )
  expect(driver.configure).toHaveBeenLastCalledWith({ disableOCSPChecks: true })
})

it('names are folded as in SQL', () => {
  expect([foldedName('a_b'), foldedName('"a""b"')]).toEqual(['A_B', 'a"b'])
})

describe('what a session was told', () => {
  const changesOf = (...statements: string[]) => {
    const changes = new SessionChanges()
    for (const sql of statements) changes.note(sql)
    return changes
  }
  it('is taken back by itself where it is a setting or a warehouse', () => {
    const changes = changesOf("alter session set query_tag = 'a;b'", '/* x */ use warehouse big', 'select 1')
    expect([...(changes.parameters ?? [])]).toEqual(['QUERY_TAG'])
    expect(changes.hasOtherWarehouse).toBe(true)
  })
  it.each([
    'create or replace temporary table t as select 1',
    'set x = 1',
    'use schema s',
    'alter session set a = 1 b = 2',
  ])('needs another session: %s', (sql) => expect(changesOf(sql).parameters).toBeUndefined())
  it('ends a transaction that was left open', () => {
    expect(changesOf('begin').mayBeInTransaction).toBe(true)
    expect(changesOf('begin', 'commit').mayBeInTransaction).toBe(false)
  })
})
