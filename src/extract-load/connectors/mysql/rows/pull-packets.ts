import type { Connection } from 'mysql2'
import { socketOf } from '../connect.js'

/** A packet of mysql2: what is read next begins at `offset`. */
export interface Packet {
  readonly buffer: Buffer
  readonly offset: number
  readonly end: number
}

/** Where a command that runs puts what it makes of packets. */
export interface PacketSink<T> {
  put(one: T): void
  fail(error: unknown): void
  /** Nothing more comes: the command is through. */
  end(): void
}

/**
 * Hands on what a command makes of the packets of its answer. While nobody asks for more, the socket is not read, and the server waits.
 * @throws what the server or the socket says
 */
export async function* pullPackets<T>(
  connection: Connection,
  run: (sink: PacketSink<T>) => void,
): AsyncGenerator<T, void> {
  const socket = socketOf(connection)
  const made: T[] = []
  let failure: { readonly error: unknown } | undefined
  let isOver = false
  let wake = () => {}
  const fail = (error: unknown) => {
    // After a binary log the server goes away by itself.
    if (!isOver) failure ??= { error }
    wake()
  }
  const lost = () => fail(Object.assign(new Error('the socket was closed'), { code: 'PROTOCOL_CONNECTION_LOST' }))
  connection.on('error', fail)
  socket.on('close', lost)
  run({
    put(one) {
      made.push(one)
      socket.pause()
      wake()
    },
    fail,
    end() {
      isOver = true
      wake()
    },
  })
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
