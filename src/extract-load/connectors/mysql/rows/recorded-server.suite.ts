import { readFileSync } from 'node:fs'
import { Duplex } from 'node:stream'
import mysql from 'mysql2'

/** What MariaDB sent for three rows of a table; test/conformance/mysql/record-packets.ts made it. */
const recorded = JSON.parse(readFileSync(new URL('recorded-packets.json', import.meta.url), 'utf8')) as {
  readonly replies: readonly string[]
}
export const replies = recorded.replies.map((hex) => Buffer.from(hex, 'hex'))

/** Says what was recorded, after each thing that the client says. @param goesAway when all is said */
export function recordedServer(replies: readonly Buffer[], goesAway = false): Duplex & { readonly isRead: boolean } {
  let next = 0
  const socket = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      // A server takes its time: what it says does not arrive while the client still speaks.
      setImmediate(() => {
        if (socket.destroyed) return
        socket.push(replies[next++] ?? null)
        if (goesAway && next === replies.length) setImmediate(() => socket.destroy())
      })
      done()
    },
  })
  Object.assign(socket, { setNoDelay() {}, setKeepAlive() {} })
  socket.push(replies[next++] ?? null)
  return Object.defineProperty(socket, 'isRead', { get: () => !socket.isPaused() }) as never
}

export const connectTo = (stream: Duplex) =>
  mysql.createConnection({ stream, user: 'test_1', password: 'secret', database: 'test_1' } as never)
