import type pg from 'pg'

/** Numbers that look random and come again for the same seed: https://en.wikipedia.org/wiki/Xorshift */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761 + 1) >>> 0 || 1
  }

  /** 0 to below `end`. */
  below(end: number): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x >>> 0
    return this.#state % end
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T
  }
}

export const tables = `
  create table a (id int primary key, v text, n numeric(12, 3), big text, seen timestamptz);
  alter table a alter big set storage external;
  create table b (id bigint, part int, a_id int, w varchar(200), primary key (id, part));`

/** The statements of a database that change rows, and tables themselves. */
export interface RandomStatements {
  change(dice: Dice): string
  /** @param number of those before it */
  tableChange(dice: Dice, number: number): string
}

/** Writes until the signal aborts: rows of every kind of change, in transactions of any size, and changes of the tables themselves. */
export async function writeUntil(
  query: (sql: string) => Promise<unknown>,
  { change, tableChange }: RandomStatements,
  dice: Dice,
  signal: AbortSignal,
): Promise<number> {
  let transactions = 0
  for (let columns = 0; !signal.aborted; transactions++) {
    const statements = Array.from({ length: 1 + dice.below(12) }, () => change(dice))
    if (dice.below(60) === 0) statements.push(tableChange(dice, columns++))
    const isKept = dice.below(8) > 0
    // Two writers may stand in each other's way, or ask for a key that is taken.
    await query(`begin; ${statements.join('; ')}; ${isKept ? 'commit' : 'rollback'}`).catch(() => query('rollback'))
    if (dice.below(4) === 0) await new Promise((resolve) => setTimeout(resolve, dice.below(20)))
  }
  return transactions
}

/** Writes to the two tables. */
export const writeRandomly = (client: pg.Client, dice: Dice, signal: AbortSignal): Promise<number> =>
  writeUntil((sql) => client.query(sql), { change, tableChange }, dice, signal)

const ids = 400

function change(dice: Dice): string {
  const id = dice.below(ids)
  const text = `repeat('${dice.below(1e6)}', ${dice.one([1, 3, 900])})`
  switch (dice.below(14)) {
    case 0:
      return `insert into a (id, v, n, big, seen) select i, 'v' || i, i / 7.0, repeat(i::text, 1500), now() from generate_series(${id}, ${id + dice.below(30)}) i on conflict do nothing`
    case 1:
      return `insert into a (id, v) values (${id}, ${text}) on conflict (id) do update set v = excluded.v, seen = null`
    case 2:
      return `delete from a where id = ${id}`
    case 3:
      return `delete from a where id between ${id} and ${id + dice.below(5)}`
    case 4:
      return `update a set id = ${dice.below(ids)} where id = ${id} and not exists (select 1 from a where id = ${dice.below(ids)})`
    case 5:
      return `update a set id = id + 10000 where id = ${id}`
    case 6:
      return `update a set n = n + 1 where id between ${id} and ${id + 20}`
    case 7:
      return `update a set big = ${text} where id = ${id}`
    case 8:
      return `savepoint s; update a set v = 'undone' where id < 50; rollback to s`
    case 9:
      return `insert into b (id, part, a_id, w) values (${id}, ${dice.below(3)}, ${dice.below(ids)}, ${dice.one(['null', "''", "'w'"])}) on conflict (id, part) do update set a_id = excluded.a_id`
    case 10:
      return `update b set part = part + 10 where id = ${id} and part < 3`
    case 11:
      return `delete from b where id < ${dice.below(20)}`
    case 12:
      return dice.below(20) === 0 ? 'truncate b' : `delete from b where part > 20`
    default:
      return `update a set v = v where id = ${id}`
  }
}

function tableChange(dice: Dice, number: number): string {
  const table = dice.one(['a', 'b'])
  const column = `c${dice.below(4)}`
  switch (dice.below(6)) {
    case 0:
    case 1:
      return `alter table ${table} add column if not exists ${column} int`
    case 2:
      return `alter table ${table} add column if not exists ${column} text default 'd${number}'`
    case 3:
      return `alter table ${table} drop column if exists ${column}`
    case 4:
      return `alter table b alter w type ${dice.one(['text', 'varchar(300)'])}`
    default:
      return `create table if not exists other (x int); alter table ${table} add column if not exists ${column} int default (random() * 1000)::int`
  }
}
