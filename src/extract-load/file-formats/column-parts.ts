import type { FieldPath } from '../contract.js'
import { nameOfPath } from '../fields/nested-paths.js'
import { isSameName } from '../fields/same-name.js'
import type { FileColumn } from './open-file.js'

/** What lies in a column and is given as one beside it. */
export interface ColumnPart {
  readonly name: string
  readonly column: string
  /** Where it lies in there. */
  readonly inside: FieldPath
}

/** The parts that paths lead to, where the columns are there and no other has their name. */
export const partsOf = (
  columns: readonly { readonly name: string }[],
  paths: readonly FieldPath[] = [],
): ColumnPart[] =>
  paths.flatMap((path) => {
    const [field = '', ...inside] = path
    const column = columns.find(({ name }) => isSameName(name, field))
    const name = nameOfPath(path)
    return !column || columns.some((one) => isSameName(one.name, name)) ? [] : [{ name, column: column.name, inside }]
  })

export const withPartsMarked = (columns: readonly FileColumn[], parts: readonly ColumnPart[]): readonly FileColumn[] =>
  columns.map((column) => (parts.some(({ name }) => name === column.name) ? { ...column, isPart: true } : column))
