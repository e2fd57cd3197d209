import { holds, JsonScanner } from '../../protocol/scan-json.js'
import { readJson } from '../values/index.js'

const quote = 0x22

/** A member that is read: as a whole, or of it only what lies in it. */
interface Wanted {
  readonly name: string
  /** As it stands in the text. */
  readonly key: Buffer
  readonly within: readonly Wanted[] | undefined
}

/** Reads of a nested value only what lies at the end of some paths: the rest of it is looked through, and nothing is made of it. */
export class PartReader extends JsonScanner {
  readonly #wanted: readonly Wanted[]

  /** @param paths none of which lies within another one */
  constructor(paths: readonly (readonly string[])[]) {
    super()
    this.#wanted = wantedOf(paths)
  }

  /** An object has only the members that are wanted; every other value is read as a whole. @param bytes a value of JSON lies there */
  read(bytes: Buffer, from: number, end: number): unknown {
    this.bytes = bytes
    this.to = end
    return this.#object(from, this.#wanted) ?? readJson(bytes.toString('utf8', from, end))
  }

  /** Undefined where it is no object, or has keys that are not what they are written as. */
  #object(from: number, wanted: readonly Wanted[]): Record<string, unknown> | undefined {
    const found: Record<string, unknown> = {}
    let at = this.open(from)
    if (at === 0) return undefined
    while (at > 0) {
      const keyEnd = this.string(at)
      if ((this.kind & holds.escapes) !== 0) return undefined
      const member = wanted.find(({ key }) => this.is(at, keyEnd, key))
      const value = this.valueAfter(keyEnd)
      const end = this.value(value)
      if (member) {
        const { kind } = this
        const part = member.within && this.#object(value, member.within)
        found[member.name] = part ?? valueIn(this.bytes, value, end, kind)
      }
      at = this.next(end)
    }
    return found
  }
}

function wantedOf(paths: readonly (readonly string[])[]): readonly Wanted[] {
  return [...byFirstKey(paths)].map(([name, within]) => ({
    name,
    key: Buffer.from(JSON.stringify(name)),
    within: within.length === 0 ? undefined : wantedOf(within),
  }))
}

/** What follows each first key; nothing where all of it is meant. @param paths none of which lies within another one */
export function byFirstKey(paths: readonly (readonly string[])[]): ReadonlyMap<string, readonly (readonly string[])[]> {
  const found = new Map<string, (readonly string[])[]>()
  for (const [first, ...keys] of paths) {
    if (first === undefined) continue
    const within = found.get(first) ?? []
    found.set(first, keys.length > 0 ? [...within, keys] : within)
  }
  return found
}

/** @param kind what is in it: see `holds` */
export function valueIn(bytes: Buffer, start: number, end: number, kind: number): unknown {
  const isPlainText = bytes[start] === quote && (kind & holds.escapes) === 0
  return isPlainText ? bytes.toString('utf8', start + 1, end - 1) : readJson(bytes.toString('utf8', start, end))
}
