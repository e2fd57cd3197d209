import type { Gtid, Gtids } from './gtids.js'

type Last = Pick<Gtid, 'server' | 'number'>

/**
 * MariaDB's: the last transaction of each domain. All that its log has before it are in it, also those with a higher number of another server:
 * https://mariadb.com/kb/en/gtid/
 */
export class MariaDbGtids implements Gtids {
  readonly #last: Map<string, Last>

  constructor(last: ReadonlyMap<string, Last> = new Map()) {
    this.#last = new Map(last)
  }

  static parse(text: string): MariaDbGtids | undefined {
    const gtids = new MariaDbGtids()
    for (const part of text.split(',').map((one) => one.trim())) {
      const [, source, server, number] = /^(\d+)-(\d+)-(\d+)$/.exec(part) ?? []
      if (source !== undefined) gtids.add({ source, server: Number(server), number: BigInt(number as string) })
      else if (part !== '' || text.includes(',')) return undefined
    }
    return gtids
  }

  get text(): string {
    return this.list().join(',')
  }

  /** One text for each domain. */
  list(): string[] {
    return [...this.#last].map(([source, { server, number }]) => `${source}-${server}-${number}`).sort()
  }

  copy(): this {
    return new MariaDbGtids(this.#last) as this
  }

  add({ source, server, number }: Gtid): void {
    this.#last.set(source, { server, number })
  }

  covers(other: this): boolean {
    return [...other.#last].every(([source, { number }]) => (this.#last.get(source)?.number ?? -1n) >= number)
  }

  common(other: this): this {
    const last = new Map<string, Last>()
    for (const [source, mine] of this.#last) {
      const theirs = other.#last.get(source)
      if (theirs) last.set(source, theirs.number < mine.number ? theirs : mine)
    }
    return new MariaDbGtids(last) as this
  }

  /** In a domain where both are at the same transaction none comes that is here: the server knows the place itself, whatever the numbers are. */
  readFrom(start: this): (gtid: Gtid) => boolean {
    const ahead = [...this.#last].filter(([source, { server, number }]) => {
      const begun = start.#last.get(source)
      return begun?.server !== server || begun.number !== number
    })
    if (ahead.length === 0) return () => false
    const numbers = new Map(ahead.map(([source, { number }]) => [source, number]))
    return ({ source, number }) => number <= (numbers.get(source) ?? -1n)
  }
}
