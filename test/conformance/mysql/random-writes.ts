import type mysql from 'mysql2/promise'
import { type Dice, writeUntil } from '../../support/random-writes.js'

export const tables = `
  create table a (id int primary key, v text charset utf8mb4, n decimal(12, 3), big longtext, seen datetime(6));
  create table b (id bigint, part int, a_id int, w varchar(200) charset latin1, primary key (id, part));
  create table c (id int auto_increment primary key, v varchar(20))`

/** Writes to the tables. */
export const writeRandomly = (connection: mysql.Connection, dice: Dice, signal: AbortSignal): Promise<number> =>
  writeUntil((sql) => connection.query(sql), { change, tableChange }, dice, signal)

const ids = 400

function change(dice: Dice): string {
  const id = dice.below(ids)
  const text = `repeat('${dice.below(1e6)}é', ${dice.one([1, 3, 900])})`
  switch (dice.below(18)) {
    case 0:
      return `insert ignore into a (id, v, n, big, seen) with recursive s(i) as (select ${id} union all select i + 1 from s where i < ${id + dice.below(30)}) select i, concat('v', i), i / 7.0, repeat(i, 1500), now(6) from s`
    case 1:
      return `insert into a (id, v) values (${id}, ${text}) on duplicate key update v = values(v), seen = null`
    case 2:
      return `delete from a where id = ${id}`
    case 3:
      return `delete from a where id between ${id} and ${id + dice.below(5)}`
    case 4:
      return `update ignore a set id = ${dice.below(ids)} where id = ${id}`
    case 5:
      return `update a set id = id + 10000 where id = ${id}`
    case 6:
      return `update a set n = n + 1 where id between ${id} and ${id + 20}`
    case 7:
      return `update a set big = ${text} where id = ${id}`
    case 8:
      return "savepoint s; update a set v = 'undone' where id < 50; rollback to s"
    case 9:
      return `replace into b (id, part, a_id, w) values (${id}, ${dice.below(3)}, ${dice.below(ids)}, ${dice.one(['null', "''", "'wé'"])})`
    case 10:
      return `update b set part = part + 10 where id = ${id} and part < 3`
    case 11:
      return `delete from b where id < ${dice.below(20)}`
    case 12:
      return dice.below(20) === 0 ? 'truncate b' : 'delete from b where part > 20'
    case 13:
      return `update a set v = v where id = ${id}`
    default:
      return `insert into c (v) values ('${id}'), ('${id}')`
  }
}

function tableChange(dice: Dice, number: number): string {
  const table = dice.one(['a', 'b'])
  const column = `c${dice.below(4)}`
  switch (dice.below(8)) {
    case 0:
    case 1:
      return `alter table ${table} add column ${column} int`
    case 2:
      return `alter table ${table} add column ${column} varchar(9) default 'd${number}'`
    case 3:
      return `alter table ${table} drop column ${column}`
    case 4:
      return `alter table b modify w varchar(${dice.one([200, 300])}) charset ${dice.one(['latin1', 'utf8mb4'])}`
    case 5:
      return `alter table ${table} add column ${column} text null after id`
    case 6:
      return 'flush binary logs'
    default:
      return `create table if not exists other (x int); alter table ${table} comment = '${number}'`
  }
}
