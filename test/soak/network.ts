import { connect, createServer, type Server, type Socket } from 'node:net'
import { sleep } from '../support/millrace.js'

/** The way to the store of one process, which can be cut. */
export class Network {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isSilent = false
  #isDown = false

  /** @param targetPort where the store is, asked for each connection */
  constructor(targetPort: () => number) {
    this.#server = createServer((near) => {
      if (this.#isDown) return void near.destroy()
      const far = connect(targetPort(), '127.0.0.1')
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one)
        one.on('error', () => {})
        one.on('close', () => {
          this.#sockets.delete(one)
          other.destroy()
        })
        // Not a pipe: what comes while nothing passes waits, as packets do that are sent again.
        one.on('data', (data) => other.write(data))
      }
      if (this.#isSilent) for (const one of [near, far]) one.pause()
    })
  }

  listen(): Promise<number> {
    return new Promise((resolve) =>
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as { port: number }).port)),
    )
  }

  /** For so long nothing passes, and nobody is told. */
  async silence(ms: number): Promise<void> {
    this.#isSilent = true
    for (const one of this.#sockets) one.pause()
    await sleep(ms)
    this.#isSilent = false
    for (const one of this.#sockets) one.resume()
  }

  /** All connections break, and new ones are refused for so long. */
  async down(ms: number): Promise<void> {
    this.#isDown = true
    for (const one of this.#sockets) one.destroy()
    await sleep(ms)
    this.#isDown = false
  }

  close(): void {
    this.#server.close()
    for (const one of this.#sockets) one.destroy()
  }
}
