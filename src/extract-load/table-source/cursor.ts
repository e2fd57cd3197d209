import { z } from 'zod'
import { didYouMean } from '../../base/index.js'
import type { ColumnCursor, ReadRequest } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'
import { likelyCursors } from '../fields/likely-cursors.js'
import { isSameName } from '../fields/same-name.js'
import { positionLost } from './position-lost.js'
import type { ReadColumn } from './read-column.js'

const stateSchema = z.looseObject({
  cursor_field: z.string().optional(),
  /** The highest value that is committed, as the warehouse prints it. */
  cursor: z.string().optional(),
})
type CursorState = z.output<typeof stateSchema>

/** A state of another shape reads as none: everything is loaded again. */
function readState(state: unknown): CursorState {
  const parsed = stateSchema.safeParse(state ?? {})
  return parsed.success ? parsed.data : {}
}

/** What a stream reads on from. */
export interface TableCursor<Column extends ReadColumn> {
  /** Undefined: all rows are read. */
  readonly column: Column | undefined
  readonly from: string | undefined
  /** These parts of the reading. */
  readonly reading: { readonly stateAfter: unknown; readonly cursor?: ColumnCursor }
}

/** Of a log, or of transactions. A full refresh leaves nothing. */
const isOfAnotherWay = (state: unknown, read: CursorState): boolean =>
  state !== null && typeof state === 'object' && Object.keys(state).length > 0 && read.cursor_field === undefined

/** @throws CURSOR_INVALID, SOURCE_POSITION_LOST */
export function tableCursor<Column extends ReadColumn>(
  { stream, state }: ReadRequest,
  columns: readonly Column[],
): TableCursor<Column> {
  if (stream.syncMode !== 'incremental') return { column: undefined, from: undefined, reading: { stateAfter: {} } }
  const column = cursorColumn(stream.name, columns, stream.cursorField)
  const previous = readState(state)
  if (isOfAnotherWay(state, previous) && stream.destinationSyncMode === 'append')
    throw positionLost(stream.name, 'they were not read by a cursor until now')
  return {
    column,
    from: previous.cursor,
    reading: {
      stateAfter: previous,
      cursor: {
        column: column.name,
        from: previous.cursor,
        stateAfter: (value) => ({ cursor_field: column.name, cursor: value }),
      },
    },
  }
}

const mostListed = 8

const hasOrder = ({ kind }: ReadColumn) => !['json', 'binary', 'boolean'].includes(kind)

function cursorColumn<Column extends ReadColumn>(
  stream: string,
  columns: readonly Column[],
  path: readonly string[] | undefined,
): Column {
  const name = path?.join('.')
  const found =
    columns.find((column) => column.name === name) ??
    columns.find((column) => name !== undefined && isSameName(column.name, name))
  if (found && hasOrder(found)) return found
  const likely = likelyCursors(columns).map((column) => column.name)
  const how =
    name === undefined
      ? 'has no `cursor_field`'
      : found
        ? `has the cursor \`${name}\`, whose values have no order`
        : `has no column \`${name}\` for a cursor`
  const listed = likely.length > mostListed ? `${likely.slice(0, mostListed).join(', ')}, …` : likely.join(', ')
  throw extractLoadErrors.create('CURSOR_INVALID', {
    message: `The incremental stream \`${stream}\` ${how}.`,
    hint: `${
      (name === undefined
        ? undefined
        : didYouMean(
            name,
            columns.filter(hasOrder).map((column) => column.name),
          )) ?? 'Set `cursor_field` to a column whose values grow when rows are added or changed.'
    } ${listed === '' ? 'None of its columns looks like one.' : `It can be one of: ${listed}.`} Or load the whole table with \`sync_mode: full_refresh\`.`,
  })
}
