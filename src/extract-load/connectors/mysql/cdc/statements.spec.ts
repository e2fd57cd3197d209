import { describe, expect, it } from 'vitest'
import type { MysqlColumn } from '../catalogue.js'
import { readStatement } from './statements.js'
import { shapeAfter } from './table-shape.js'

const columns = (...names: string[]): MysqlColumn[] =>
  names.map((name) => ({ name, dataType: 'int', columnType: 'int', precision: 10, scale: 0, isJson: false }))
const before = { columns: columns('id', 'v', 'x'), dropped: ['old'] }
const now = columns('id', 'v', 'w', 'y', 'old')

/** The names of the table's columns behind a statement; otherwise what became of it. */
function after(sql: string): string {
  const statement = readStatement(sql, 'shop')
  if (statement.type !== 'tables') return statement.type
  const [first] = statement.changes
  if (!first) return 'nothing'
  const { change, schema, table } = first
  const place = `${schema}.${table ?? '*'}`
  if (change.type !== 'columns') return `${place} ${change.type}`
  const shape = shapeAfter(before, change.steps, now)
  return typeof shape === 'string' ? `${place} ${shape}` : `${place} ${shape.columns.map(({ name }) => name).join(' ')}`
}

describe('a statement of the log', () => {
  it.each([
    ['BEGIN', 'begin'],
    ['COMMIT', 'commit'],
    ['ROLLBACK', 'rollback'],
    ['ROLLBACK TO `s`', 'partial_rollback'],
    ['SAVEPOINT `s`', 'other'],
    ['insert into t values (1)', 'unlogged_rows'],
    ['/* hint */ DELETE FROM t', 'unlogged_rows'],
    ['grant select on *.* to a', 'other'],
    ['create view v as select 1', 'other'],
    ['create index i on t (v)', 'other'],
    ['drop index i on t', 'other'],
    ['analyze table t', 'other'],
    ['create table if not exists t (a int)', 'other'],
    ['create temporary table t (a int)', 'other'],
    ['DROP TEMPORARY TABLE IF EXISTS `t`', 'other'],
    ['drop procedure t', 'other'],
  ])('%s: %s', (sql, type) => expect(readStatement(sql, 'shop').type).toBe(type))

  it.each([
    ['truncate t', 'shop.t truncated'],
    ['TRUNCATE TABLE `other`.`odd ``name`', 'other.odd `name truncated'],
    ['create table t (a int)', 'shop.t untold'],
    ['create or replace table t (a int)', 'shop.t untold'],
    ['drop table if exists t, u', 'shop.t untold'],
    ['drop database `shop2`', 'shop2.* untold'],
    ['rename table t to u', 'shop.t untold'],
    ['alter table t rename to u', 'shop.t untold'],
    ['alter table t add w int', 'shop.t id v x w'],
    ['ALTER TABLE `shop`.`t` ADD COLUMN `w` int COMMENT "not default, really" AFTER `id`', 'shop.t id w v x'],
    ['alter table t add w enum(\'a,b\', "c)") first, add y int', 'shop.t w id v x y'],
    ['alter online table if exists t wait 5 add column if not exists v int', 'shop.t id v x'],
    ['alter table t /* c, d */ drop x, -- add z\n drop column if exists gone # end', 'shop.t id v'],
    ['alter table t /*!50100 drop x */', 'shop.t id v'],
    ['alter table t drop x, add w decimal(10,2) null', 'shop.t id v w'],
    ['set statement max_statement_time=10, lock_wait_timeout=5 for alter table t drop x', 'shop.t id v'],
    ["alter table t engine=innodb, comment='add x, drop y', auto_increment=5", 'shop.t id v x'],
    ['alter table t add index (v), add constraint c check (v > 0), drop foreign key f, drop key k', 'shop.t id v x'],
    ['alter table t alter v set default 5, rename index a to b, algorithm=inplace, lock=none', 'shop.t id v x'],
    ['alter table t add x int', 'shop.t the column `x` is another one than before'],
    ['alter table t drop x, add x int', 'shop.t the column `x` is another one than before'],
    ['alter table t add old int', 'shop.t the column `old` is another one than before'],
    ['alter table t add z int', 'shop.t the column `z` was added and is gone'],
    ['alter table t drop z', 'shop.t the column `z` was dropped, which it did not have'],
    ['alter table t add w int after z', 'shop.t the column `z` is not known'],
    ['alter table t add w int default 5', 'shop.t untold'],
    ['alter table t add w int not null', 'shop.t untold'],
    ['alter table t add w int as (v + 1) virtual', 'shop.t untold'],
    ['alter table t add w timestamp', 'shop.t untold'],
    ['alter table t add (w int, y int)', 'shop.t untold'],
    ['alter table t add w int, modify v bigint', 'shop.t untold'],
    ['alter table t change v v2 int', 'shop.t untold'],
    ['alter table t rename column v to v2', 'shop.t untold'],
    ['alter table t convert to character set utf8mb4', 'shop.t untold'],
    ['alter table t drop primary key, add primary key (v)', 'shop.t untold'],
    ['alter table t add constraint c primary key (v)', 'shop.t untold'],
    ['alter table t truncate partition p', 'shop.t untold'],
    ['alter table t drop partition p', 'shop.t untold'],
    ['alter table t exchange partition p with table u', 'shop.t untold'],
    ['alter table t add system versioning', 'shop.t untold'],
    ['alter table t something new', 'shop.t untold'],
  ])('%s: %s', (sql, expected) => expect(after(sql)).toBe(expected))

  it('tells of every table that it names', () => {
    const named = (sql: string) => {
      const statement = readStatement(sql, 'shop')
      return statement.type === 'tables' ? statement.changes.map(({ schema, table }) => `${schema}.${table}`) : []
    }
    expect(named('rename table t to t_old, other.t_new wait 3 to t')).toEqual([
      'shop.t',
      'shop.t_old',
      'other.t_new',
      'shop.t',
    ])
    expect(named('alter table u drop x, rename t')).toEqual(['shop.u', 'shop.t'])
    expect(named('drop table a, `b` cascade')).toEqual(['shop.a', 'shop.b'])
    const rows = readStatement('update `Shop`.`T` set v = 1', '')
    expect(rows.type === 'unlogged_rows' && rows.names.has('t')).toBe(true)
  })

  it('an XA transaction is known by the bytes of its name', () => {
    expect(readStatement("XA COMMIT X'67AB',X'62',1", '')).toEqual({ type: 'xa_end', xid: '67ab,62', isCommit: true })
    expect(readStatement("XA ROLLBACK X'67',X'',1", '')).toMatchObject({ xid: '67,', isCommit: false })
    expect(readStatement("XA START X'67',X'',1", '').type).toBe('begin')
    expect(readStatement("XA END X'67',X'',1", '').type).toBe('other')
  })
})
