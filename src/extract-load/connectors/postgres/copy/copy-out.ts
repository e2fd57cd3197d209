import type { Socket } from 'node:net'
import type { Client } from 'pg'
import { headBytes, Messages } from './messages.js'

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
 * pg itself would make an object of every row. It is passed over while rows come, also with what the server notes between them; how the statement ends, and
 * errors, are its own again.
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
  const messages = new Messages()
  let isGivenBack = false
  try {
    for (;;) {
      const read = stream.read() as Buffer | null
      if (read === null) {
        if (stream.destroyed || stream.readableEnded) break
        await readable(stream)
        continue
      }
      messages.add(read)
      while (messages.next()) {
        const { bytes, start, end } = messages
        const code = bytes[start]
        if (code === copyDone || code === errorResponse) {
          isGivenBack = true
          giveBack(messages.rest)
          await statement.ended
          return
        }
        const made = code === copyData ? onRow(bytes, start + headBytes, end) : undefined
        if (made !== undefined) yield made
      }
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
  #refuse: (error: Error) => void = () => {}
  #end: () => void = () => {}
  #fail: (error: Error) => void = () => {}

  constructor(sql: string) {
    this.#sql = sql
    this.started = new Promise((resolve, reject) => {
      this.#start = resolve
      this.#refuse = reject
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
  /** Also in place of `submit`, where the session ended before. */
  handleError(error: Error): void {
    this.#refuse(error)
    this.#fail(error)
  }
  handleCommandComplete(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
  handleReadyForQuery(): void {
    this.#end()
  }
}
