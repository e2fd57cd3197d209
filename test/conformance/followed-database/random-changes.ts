import { quoteIdentifier } from '../../../src/sql/index.js'
import type { Dice } from '../../support/random-writes.js'
import type { Column, Relation } from './catalogue.js'
import { randomValue } from './random-values.js'

/** A statement that changes rows of one of the tables; its server may refuse it. */
export function randomChange(dice: Dice, tables: readonly Relation[]): string {
  const table = dice.one(tables)
  const rest = table.columns.filter((column) => !column.isKey && !column.isGenerated)
  switch (dice.below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return insert(dice, table, 1 + dice.below(6))
    case 4:
    case 5:
    case 6:
      return update(dice, table, some(dice, rest), 1)
    case 7:
      return update(dice, table, some(dice, rest), 1 + dice.below(60))
    case 8:
      return update(
        dice,
        table,
        table.columns.filter(({ isKey, isGenerated }) => isKey && !isGenerated),
        1,
      )
    case 9: {
      // Nothing changes, and values out of line are not in the log.
      const same = some(dice, rest)
      return `update ${table.sql} set ${same.map(({ name }) => `${quoteIdentifier(name)} = ${quoteIdentifier(name)}`).join(', ') || '?'} where ${chosen(dice, table, 5)}`
    }
    case 10:
    case 11:
      return `delete from ${table.sql} where ${chosen(dice, table, 1)}`
    case 12:
      return `delete from ${table.sql} where ${chosen(dice, table, 1 + dice.below(12))}`
    case 13:
      return dice.below(30) === 0 && !table.isReferenced ? `truncate ${table.sql}` : insert(dice, table, 12)
    case 14:
      // The same key again within the transaction.
      return `${update(dice, table, some(dice, rest), 1)}; ${update(dice, table, some(dice, rest), 3)}`
    default:
      return insert(dice, table, 3)
  }
}

const some = (dice: Dice, columns: readonly Column[]) =>
  columns.filter(() => dice.below(columns.length) < 3).slice(0, 5)

function insert(dice: Dice, { sql, columns }: Relation, rows: number): string {
  // What has a default keeps it now and then; a key that the server numbers itself mostly does.
  const named = columns.filter(
    ({ isGenerated, hasDefault, isKey }) =>
      !isGenerated && !(hasDefault && dice.below(isKey ? 6 : 3) < (isKey ? 5 : 1)),
  )
  if (named.length === 0) return `insert into ${sql} default values`
  const tuples = Array.from({ length: rows }, () => `(${named.map((column) => randomValue(dice, column)).join(', ')})`)
  return `insert into ${sql} (${named.map(({ name }) => quoteIdentifier(name)).join(', ')}) values ${tuples.join(', ')} on conflict do nothing`
}

function update(dice: Dice, table: Relation, columns: readonly Column[], rows: number): string {
  const [first] = columns
  if (first === undefined) return insert(dice, table, 1)
  const set = columns.map((column) => `${quoteIdentifier(column.name)} = ${randomValue(dice, column)}`)
  return `update ${table.sql} set ${set.join(', ')} where ${chosen(dice, table, rows)}`
}

/** Some rows that are there. */
function chosen(dice: Dice, { sql, key }: Relation, rows: number): string {
  const list = key.length === 0 ? 'ctid' : key.map(quoteIdentifier).join(', ')
  return `(${list}) in (select ${list} from ${sql} offset ${dice.below(2000)} % greatest(1, (select count(*) from ${sql})) limit ${rows})`
}
