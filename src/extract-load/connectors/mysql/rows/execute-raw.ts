import type { Connection } from 'mysql2'
import { type Packet, pullPackets } from './pull-packets.js'

/** Takes a row as it lies in the socket's buffers, and answers what is to be handed on, if something is. */
type RowTaker<T> = (bytes: Buffer, start: number, end: number) => T | undefined

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
export function executeRaw<T>(
  connection: Connection,
  sql: string,
  open: (types: readonly number[]) => RowTaker<T>,
): AsyncGenerator<T, void> {
  return pullPackets(connection, (sink) => {
    const command = connection.execute({ sql }) as unknown as ExecuteCommand
    command.buildParserFromFields = (fields) => {
      const take = open(fields.map(({ columnType }) => columnType))
      return class {
        next({ buffer, offset, end }: Packet): void {
          const one = take(buffer, offset, end)
          if (one !== undefined) sink.put(one)
        }
      }
    }
    command.on('error', sink.fail)
    command.on('end', sink.end)
  })
}
