import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/**
 * `silent`: nobody is told, and what was sent arrives when the cable is mended, as packets that are sent again do. `torn`: both ends
 * see their connections end, and new ones are refused.
 */
export type Cut = 'silent' | 'torn'

/** The network between one machine and a server of this one, as far as connections tell. */
export class Cable {
  readonly #listener: Server
  readonly #target: () => number
  readonly #sockets = new Set<Socket>()
  /** What waits for the end of a silence, in its order. */
  #held: (() => void)[] = []
  #cut: Cut | undefined
  #era = 0
  /** Connections that were refused. */
  refused = 0

  private constructor(listener: Server, target: () => number) {
    this.#listener = listener
    this.#target = target
    listener.on('connection', (near: Socket) => this.#take(near))
  }

  /** @param target the port of this machine that it leads to, asked at every connection */
  static async lay(target: () => number): Promise<Cable> {
    const listener = createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')
    return new Cable(listener, target)
  }

  get port(): number {
    return (this.#listener.address() as { port: number }).port
  }

  get isCut(): boolean {
    return this.#cut !== undefined
  }

  cut(how: Cut): void {
    this.#cut = how
    if (how === 'torn') for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.#cut = undefined
    for (const one of this.#held.splice(0)) one()
  }

  /** As a balancer does with connections on which nothing was sent for long: nothing arrives on them any more, and nobody is told. New ones work. */
  forget(): void {
    this.#era++
  }

  close(): void {
    this.#listener.close()
    this.#held = []
    for (const socket of this.#sockets) socket.destroy()
  }

  #take(near: Socket): void {
    if (this.#cut === 'torn') {
      this.refused++
      return void near.destroy()
    }
    // Kept here until the other side is there; what it sends meanwhile waits.
    near.pause()
    this.#watch(near)
    this.#pass(() => {
      const far = connect(this.#target(), '127.0.0.1')
      this.#watch(far)
      this.#forward(near, far)
      this.#forward(far, near)
      near.resume()
    })
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket))
  }

  #forward(from: Socket, to: Socket): void {
    const era = this.#era
    const pass = (act: () => void) => era === this.#era && this.#pass(act)
    from.on('data', (chunk) => pass(() => void to.write(chunk)))
    from.on('close', () => pass(() => to.destroySoon()))
  }

  #pass(act: () => void): void {
    if (this.#cut === 'silent') this.#held.push(act)
    else act()
  }
}
