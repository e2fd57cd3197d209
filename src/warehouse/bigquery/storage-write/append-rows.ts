import { throwIfAborted } from '../../../base/index.js'
import type { Cell } from '../../contract.js'
import { CallFailed, rowError, status, type WritePlace } from './errors.js'
import type { RowType } from './row-type.js'
import { type Trying, trying } from './trying.js'
import type { AppendAnswer, AppendCall, WriteClient } from './write-client.js'

/** A request may have ten megabytes: https://cloud.google.com/bigquery/quotas#write-api-limits */
const mostRequestBytes = 10_000_000
/** Each row has its length before it, and the request its names. */
const rowOverheadBytes = 8
const requestOverheadBytes = 2_000
/** Large enough to be quick, and as many of them as memory is to hold. */
const pieceBytes = 2_000_000
const mostUnanswered = 5

/** Rows that go by one request. */
export interface Piece {
  /** Of its first row in the stream. */
  readonly offset: number
  readonly rows: readonly Buffer[]
  /** How often: it may have come through before. */
  sent: number
}

export interface AppendedRows extends Trying {
  readonly stream: string
  readonly rowType: RowType
  readonly first: Piece
  /** Those after it. */
  readonly pieces: AsyncGenerator<Piece, undefined>
  readonly place: WritePlace
  readonly columns: readonly string[]
}

/**
 * Sends all rows by one connection at a time, a few requests ahead of their answers: new rows are taken when an older request was answered. Each request
 * says at which offset it begins. After a connection that broke, all that was not answered is sent once more at the same offsets, where the service
 * takes nothing twice. Answers how many rows there are.
 * @throws CallFailed, WAREHOUSE_ROWS_REFUSED, ABORTED, and what `pieces` throws
 */
export async function appendRows(client: WriteClient, appended: AppendedRows): Promise<number> {
  const { stream, first, pieces, signal } = appended
  const unanswered: Piece[] = [first]
  let rows = first.rows.length
  let isLast = false
  await trying(appended, async (hasProgressed) => {
    const call = client.append(stream, signal)
    try {
      for (const piece of unanswered) send(call, piece, appended)
      for (;;) {
        while (!isLast && unanswered.length < mostUnanswered) {
          const { value: piece } = await pieces.next()
          if (!piece) isLast = true
          else {
            unanswered.push(piece)
            rows += piece.rows.length
            send(call, piece, appended)
          }
        }
        const oldest = unanswered[0]
        if (!oldest) return
        check(await call.answer(), oldest, appended)
        unanswered.shift()
        hasProgressed()
      }
    } finally {
      call.close()
    }
  })
  return rows
}

function send(call: AppendCall, piece: Piece, { stream, rowType }: AppendedRows): void {
  piece.sent++
  call.send({
    writeStream: stream,
    offset: { value: piece.offset },
    protoRows: {
      // What the rows are is said once, at the beginning of a connection.
      ...(call.hasSent ? {} : { writerSchema: { protoDescriptor: rowType.descriptor } }),
      rows: { serializedRows: piece.rows },
    },
  })
}

/** @throws CallFailed, WAREHOUSE_ROWS_REFUSED */
function check({ error, rowErrors }: AppendAnswer, piece: Piece, { place, columns }: AppendedRows): void {
  const [first] = rowErrors ?? []
  if (first)
    throw rowError(
      {
        row: piece.offset + Number(first.index ?? 0) + 1,
        message: first.message ?? error?.message ?? '',
        columns,
        more: (rowErrors?.length ?? 1) - 1,
      },
      place,
    )
  if (!error?.code) return
  // The answer to what was sent before got lost.
  if (error.code === status.alreadyExists && piece.sent > 1) return
  throw new CallFailed({ code: error.code, details: error.message ?? '' })
}

interface SentRows extends Pick<AppendedRows, 'rowType' | 'place' | 'signal'> {
  readonly rows: AsyncIterable<readonly (readonly Cell[])[]>
}

/** @throws WAREHOUSE_ROWS_REFUSED for a row that no request has room for */
export async function* piecesOf({ rows, rowType, place, signal }: SentRows): AsyncGenerator<Piece, undefined> {
  const schemaBytes = JSON.stringify(rowType.descriptor).length
  const mostBytes = mostRequestBytes - requestOverheadBytes - schemaBytes
  let taken: Buffer[] = []
  let bytes = 0
  let offset = 0
  const piece = () => {
    const made = { offset, rows: taken, sent: 0 }
    offset += taken.length
    taken = []
    bytes = 0
    return made
  }
  for await (const some of rows) {
    throwIfAborted(signal)
    for (const row of some) {
      const encoded = rowType.encode(row)
      const size = encoded.length + rowOverheadBytes
      if (size > mostBytes) {
        const message = `it has ${size} bytes, and a request no more than ${mostRequestBytes}. Load jobs take larger ones`
        throw rowError({ row: offset + taken.length + 1, message, columns: [], more: 0 }, place)
      }
      if (taken.length > 0 && bytes + size > pieceBytes) yield piece()
      taken.push(encoded)
      bytes += size
    }
  }
  if (taken.length > 0) yield piece()
  return undefined
}
