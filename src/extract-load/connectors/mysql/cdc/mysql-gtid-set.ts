import type { Gtid, Gtids } from './gtids.js'
import { uuidText } from './value-forms.js'

/** Numbers from the first to the last one. */
type Interval = [first: bigint, last: bigint]

/** MySQL's: of each server the numbers of its transactions, in any order: https://dev.mysql.com/doc/refman/8.4/en/replication-gtids-concepts.html */
export class MysqlGtidSet implements Gtids {
  /** In their order, and never next to each other. */
  readonly #sources: Map<string, Interval[]>

  constructor(sources: ReadonlyMap<string, readonly Interval[]> = new Map()) {
    this.#sources = new Map([...sources].map(([uuid, intervals]) => [uuid, intervals.map(([a, b]) => [a, b])]))
  }

  static parse(text: string): MysqlGtidSet | undefined {
    const set = new MysqlGtidSet()
    for (const part of text.split(',').map((one) => one.trim().toLowerCase())) {
      if (part === '') continue
      const [uuid = '', ...ranges] = part.split(':')
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) || ranges.length === 0) return undefined
      for (const range of ranges) {
        const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? []
        if (first === undefined) return undefined
        set.#addRange(uuid, BigInt(first), BigInt(last as string))
      }
    }
    return set
  }

  /** As the log and the protocol have it. Undefined where numbers have tags. */
  static decode(bytes: Buffer, at: number): MysqlGtidSet | undefined {
    // What is numbered with tags has another form, which its highest byte says.
    if (bytes[at + 7] !== 0) return undefined
    const set = new MysqlGtidSet()
    let next = at + 8
    for (let sources = bytes.readUIntLE(at, 6); sources > 0; sources--) {
      const uuid = uuidText(bytes, next, 16)
      let intervals = bytes.readUIntLE(next + 16, 6)
      next += 24
      for (; intervals > 0; intervals--, next += 16)
        set.#addRange(uuid, bytes.readBigInt64LE(next), bytes.readBigInt64LE(next + 8) - 1n)
    }
    return set
  }

  encode(): Buffer {
    const number = (value: bigint) => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigInt64LE(value)
      return bytes
    }
    const sources = [...this.#sources].flatMap(([uuid, intervals]) => [
      Buffer.from(uuid.replaceAll('-', ''), 'hex'),
      number(BigInt(intervals.length)),
      ...intervals.flatMap(([first, last]) => [number(first), number(last + 1n)]),
    ])
    return Buffer.concat([number(BigInt(this.#sources.size)), ...sources])
  }

  get text(): string {
    const range = ([first, last]: Interval) => (first === last ? `${first}` : `${first}-${last}`)
    return [...this.#sources].map(([uuid, intervals]) => [uuid, ...intervals.map(range)].join(':')).join(',')
  }

  copy(): this {
    return new MysqlGtidSet(this.#sources) as this
  }

  add({ source, number }: Gtid): void {
    this.#addRange(source, number, number)
  }

  #addRange(uuid: string, first: bigint, last: bigint): void {
    const intervals = this.#sources.get(uuid)
    const end = intervals?.at(-1)
    if (!intervals) this.#sources.set(uuid, [[first, last]])
    // Nearly always the next one.
    else if (end && first === end[1] + 1n) end[1] = last
    else {
      const joined: Interval[] = []
      for (const [a, b] of [...intervals, [first, last] as Interval].sort((one, two) => (one[0] < two[0] ? -1 : 1))) {
        const before = joined.at(-1)
        if (before && a <= before[1] + 1n) before[1] = b > before[1] ? b : before[1]
        else joined.push([a, b])
      }
      this.#sources.set(uuid, joined)
    }
  }

  covers(other: this): boolean {
    return [...other.#sources].every(([uuid, intervals]) =>
      intervals.every(([first, last]) => this.#sources.get(uuid)?.some(([a, b]) => a <= first && last <= b) ?? false),
    )
  }

  common(other: this): this {
    const both = new MysqlGtidSet()
    for (const [uuid, intervals] of this.#sources)
      for (const [a, b] of intervals)
        for (const [first, last] of other.#sources.get(uuid) ?? []) {
          const from = a > first ? a : first
          const to = b < last ? b : last
          if (from <= to) both.#addRange(uuid, from, to)
        }
    return both as this
  }

  readFrom(): (gtid: Gtid) => boolean {
    return ({ source, number }) => this.#sources.get(source)?.some(([a, b]) => a <= number && number <= b) ?? false
  }
}
