import type { Connection } from 'mysql2'
import { socketOf } from '../connect.js'

/** Takes a row as it lies in the socket's buffers, and answers what is to be handed on, if something is. */
type RowTaker<T> = (bytes: Buffer, start: number, end: number) => T | undefined

/** A packet of mysql2: what is read next begins at `offset`. */
interface Packet {
  readonly buffer: Buffer
  readonly offset: number
  readonly end: number
}

/** What is used of mysql2's command: https://github.com/sidorares/node-mysql2/blob/master/lib/commands/execute.js */
interface ExecuteCommand extends NodeJS.EventEmitter {
  buildParserFromFields: (fields: readonly { readonly columnType: number }[]) => new () => { next(row: Packet): void }
}

/**
 * Runs a query by the binary protocol: the server has less to do than for text, and floats keep all their bits. mysql2 would make an object of every row;
 * it is given a parser that hands over the packets instead. While nobody asks for more, the socket is not read, and the server waits.
 * @param open is told the wire types of the columns
 * @throws what the server or the socket says
 */
export async function* executeRaw<T>(
  connection: Connection,
  sql: string,
  open: (types: readonly number[]) => RowTaker<T>,
): AsyncGenerator<T, void> {
  const socket = socketOf(connection)
  const made: T[] = []
  let failure: { readonly error: unknown } | undefined
  let isOver = false
  let wake = () => {}
  const fail = (error: unknown) => {
    failure ??= { error }
    wake()
  }
  const lost = () => fail(Object.assign(new Error('the socket was closed'), { code: 'PROTOCOL_CONNECTION_LOST' }))
  const command = connection.execute({ sql }) as unknown as ExecuteCommand
  command.buildParserFromFields = (fields) => {
    const take = open(fields.map(({ columnType }) => columnType))
    return class {
      next({ buffer, offset, end }: Packet): void {
        const one = take(buffer, offset, end)
        if (one === undefined) return
        made.push(one)
        socket.pause()
        wake()
      }
    }
  }
  command.on('error', fail)
  command.on('end', () => {
    isOver = true
    wake()
  })
  connection.on('error', fail)
  socket.on('close', lost)
  try {
    for (;;) {
      const next = made.shift()
      if (next !== undefined) yield next
      else if (failure) throw failure.error
      else if (isOver) return
      else {
        const more = new Promise<void>((resolve) => {
          wake = resolve
        })
        socket.resume()
        await more
      }
    }
  } finally {
    connection.off('error', fail)
    socket.off('close', lost)
    // Who stops listening in the middle leaves rows in the socket that nobody asks for any more.
    if (!isOver || failure) socket.destroy()
  }
}
