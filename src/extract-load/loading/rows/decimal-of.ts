import type { WarehouseConnection } from '../../../warehouse/index.js'
import { mostDigits } from './column-types.js'
import type { TableColumn } from './table-shape.js'

/** Never fewer, so that a few more digits of a later sync do not change the column. */
const usualDigits = 18

/**
 * The decimal type that holds every number of a column of text; undefined where there is none: too many digits, or an exponent. Values
 * that are no numbers say nothing. @param name as SQL has it
 */
export async function decimalOf(
  connection: WarehouseConnection,
  relation: string,
  name: string,
): Promise<Pick<TableColumn, 'type' | 'kind' | 'isEmpty'> | undefined> {
  const { rows } = await connection.query(
    `select max(strlen(regexp_extract(${name}, '^-?([0-9]+)', 1))), max(strlen(regexp_extract(${name}, '[.]([0-9]+)$', 1))),
       coalesce(bool_or(regexp_matches(${name}, '[0-9.][eE]')), false)
     from ${relation}`,
  )
  const [whole, scale, hasExponent] = rows[0] ?? []
  if (whole === null || whole === undefined) return { type: 'VARCHAR', kind: 'text', isEmpty: true }
  const digits = Number(whole) + Number(scale)
  if (hasExponent === true || digits > mostDigits) return undefined
  return { type: `DECIMAL(${Math.max(digits, usualDigits)},${Number(scale)})`, kind: 'decimal' }
}

const noNumbers = "('NaN', 'Infinity', '-Infinity')"

/** SQL: whether a text is NaN or one of the infinities, which no decimal is. */
export const isNoNumber = (name: string) => `${name} in ${noNumbers}`
