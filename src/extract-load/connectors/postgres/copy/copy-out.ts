import type { Socket } from 'node:net'
import type { Client } from 'pg'

/** What is needed of pg's connection while it does not listen itself. */
interface RawConnection {
  readonly stream: Socket
  query(text: string): void
}

const copyData = 0x64 // d
const copyDone = 0x63 // c
const errorResponse = 0x45 // E

/**
 * Sends `copy … to stdout` and hands over each message's content as it lies in the socket's buffers: where it begins and ends.
 * pg itself would make an object of every row. It is passed over while rows come; all other messages go to it, so that errors and the
 * end of the statement are its own.
 * @param onRow answers what is to be yielded, if something is
 * @throws what the server says
 */
export async function* copyOut<T>(
  client: Client,
  sql: string,
  onRow: (bytes: Buffer, start: number, end: number) => T | undefined,
): AsyncGenerator<T, void> {
  const statement = new CopyStatement(sql)
  client.query(statement as never)
  const stream = await statement.started
  const [handler] = stream.listeners('data') as ((bytes: Buffer) => void)[]
  if (!handler) throw new Error('pg does not listen to its socket.')
  stream.removeListener('data', handler)
  stream.pause()
  const giveBack = (bytes: Buffer) => {
    stream.on('data', handler)
    if (bytes.length > 0) handler(bytes)
    stream.resume()
  }
  // Pieces of a message that is not whole yet: a long value comes in many, and is put together once.
  let pieces: Buffer[] = []
  let missing = 0
  let isGivenBack = false
  try {
    for (;;) {
      const read = stream.read() as Buffer | null
      if (read === null) {
        if (stream.destroyed || stream.readableEnded) break
        await readable(stream)
        continue
      }
      if (pieces.length > 0 && read.length < missing) {
        pieces.push(read)
        missing -= read.length
        continue
      }
      const bytes = pieces.length === 0 ? read : Buffer.concat([...pieces, read])
      let at = 0
      let wanted = 5
      while (at + 5 <= bytes.length) {
        const code = bytes[at]
        if (code === copyDone || code === errorResponse) {
          isGivenBack = true
          giveBack(bytes.subarray(at))
          await statement.ended
          return
        }
        const end = at + 1 + bytes.readInt32BE(at + 1)
        wanted = end - at
        if (end > bytes.length) break
        if (code === copyData) {
          const made = onRow(bytes, at + 5, end)
          if (made !== undefined) yield made
        }
        at = end
        wanted = 5
      }
      pieces = at < bytes.length ? [bytes.subarray(at)] : []
      missing = wanted - (bytes.length - at)
    }
    await statement.ended
  } finally {
    if (!isGivenBack) {
      // Who stops listening in the middle leaves rows in the socket that nobody asks for any more.
      stream.destroy()
      await statement.ended.catch(() => {})
    }
  }
}

/** Waits for bytes, or for the end of the socket. */
function readable(stream: Socket): Promise<void> {
  const events = ['readable', 'end', 'close']
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) stream.off(event, done)
      resolve()
    }
    for (const event of events) stream.on(event, done)
  })
}

/** A query as pg's clients take them: https://github.com/brianc/node-postgres/blob/master/packages/pg/lib/query.js */
class CopyStatement {
  readonly started: Promise<Socket>
  readonly ended: Promise<void>
  readonly #sql: string
  #start: (stream: Socket) => void = () => {}
  #end: () => void = () => {}
  #fail: (error: Error) => void = () => {}

  constructor(sql: string) {
    this.#sql = sql
    this.started = new Promise((resolve) => {
      this.#start = resolve
    })
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve
      this.#fail = reject
    })
    this.ended.catch(() => {})
  }

  submit(connection: RawConnection): void {
    connection.query(this.#sql)
    this.#start(connection.stream)
  }
  handleError(error: Error): void {
    this.#fail(error)
  }
  handleCommandComplete(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
  handleReadyForQuery(): void {
    this.#end()
  }
}
