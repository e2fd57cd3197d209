import type { MysqlColumn } from '../catalogue.js'
import type { ColumnStep } from './table-changes.js'

/** The columns of a table at some place in the log, in their order. */
export interface TableShape {
  readonly columns: readonly MysqlColumn[]
  /** Names of those that are gone since the snapshot. */
  readonly dropped: readonly string[]
}

const isCalled = (name: string) => (column: Pick<MysqlColumn, 'name'>) =>
  column.name.toLowerCase() === name.toLowerCase()

/**
 * The table as it is behind a statement; a text where its rows must be read anew, and why.
 * @param now what the catalogue says of the table: the types of columns that were added
 */
export function shapeAfter(
  before: TableShape,
  steps: readonly ColumnStep[],
  now: readonly MysqlColumn[],
): TableShape | string {
  let columns = [...before.columns]
  let dropped = [...before.dropped]
  for (const step of steps) {
    const found = columns.find(isCalled(step.name))
    if (step.type === 'dropped') {
      if (!found && !step.isOptional) return `the column \`${step.name}\` was dropped, which it did not have`
      columns = columns.filter((column) => column !== found)
      if (found) dropped = [...dropped, found.name]
      continue
    }
    if (found && step.isOptional) continue
    const added = now.find(isCalled(step.name))
    if (found || dropped.some((name) => isCalled(step.name)({ name })))
      return `the column \`${step.name}\` is another one than before`
    if (!added) return `the column \`${step.name}\` was added and is gone`
    const front = step.after === undefined ? columns.length - 1 : columns.findIndex(isCalled(step.after))
    if (front < 0 && step.after !== '' && columns.length > 0) return `the column \`${step.after}\` is not known`
    columns.splice(front + 1, 0, added)
  }
  return { columns, dropped }
}
