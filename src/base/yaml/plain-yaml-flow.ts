import { indicators, type Scan } from './plain-yaml-scan.js'
import { deepest, giveUp } from './plain-yaml-text.js'

interface Flow<T> {
  readonly value: T
  /** Just behind it. */
  readonly end: number
}

const flowText = /[^\n,[\]{}:#"'\t?-][^\n,[\]{}:#\t]*|-[A-Za-z0-9.][^\n,[\]{}:#\t]*/y

/** Reads `[…]` and `{…}`, over several lines only where they are deeper than `parent`. */
export class FlowReader {
  readonly #scan: Scan
  readonly #text: string
  readonly #places: Map<object, readonly number[]>

  /** @param places takes where the parts of each collection begin */
  constructor(scan: Scan, places: Map<object, readonly number[]>) {
    this.#scan = scan
    this.#text = scan.text
    this.#places = places
  }

  /** @param depth of collections around it */
  read(at: number, parent: number, depth: number): Flow<unknown> {
    if (depth >= deepest) giveUp()
    return this.#text.charCodeAt(at) === 91 ? this.#list(at, parent, depth + 1) : this.#mapping(at, parent, depth + 1)
  }

  /** Blanks and line breaks inside a flow collection. */
  #space(from: number, parent: number): number {
    let at = this.#scan.skipSpaces(from)
    while (this.#text.charCodeAt(at) === 10) {
      const start = at + 1
      at = this.#scan.skipSpaces(start)
      const code = this.#text.charCodeAt(at)
      if (code !== 10 && at - start <= parent) giveUp()
    }
    if (this.#text.charCodeAt(at) === 35) giveUp()
    return at
  }

  #list(start: number, parent: number, depth: number): Flow<unknown[]> {
    const items: unknown[] = []
    const places: number[] = []
    this.#places.set(items, places)
    let at = this.#space(start + 1, parent)
    while (this.#text.charCodeAt(at) !== 93) {
      places.push(at)
      const item = this.#value(at, parent, depth)
      items.push(item.value)
      at = this.#space(item.end, parent)
      if (this.#text.charCodeAt(at) === 44) at = this.#space(at + 1, parent)
      else if (this.#text.charCodeAt(at) !== 93) giveUp()
    }
    return { value: items, end: at + 1 }
  }

  #mapping(start: number, parent: number, depth: number): Flow<Record<string, unknown>> {
    const map: Record<string, unknown> = {}
    const places: number[] = []
    this.#places.set(map, places)
    let at = this.#space(start + 1, parent)
    while (this.#text.charCodeAt(at) !== 125) {
      const keyEnd = this.#scan.keyEnd(at)
      if (keyEnd === 0) giveUp()
      const key = this.#scan.key(at, keyEnd)
      if (Object.hasOwn(map, key)) giveUp()
      const valueAt = this.#space(keyEnd + 1, parent)
      const next = this.#text.charCodeAt(valueAt)
      if (next === 44 || next === 125) giveUp()
      const item = this.#value(valueAt, parent, depth)
      places.push(at, valueAt)
      map[key] = item.value
      at = this.#space(item.end, parent)
      if (this.#text.charCodeAt(at) === 44) at = this.#space(at + 1, parent)
      else if (this.#text.charCodeAt(at) !== 125) giveUp()
    }
    return { value: map, end: at + 1 }
  }

  #value(at: number, parent: number, depth: number): Flow<unknown> {
    const code = this.#text.charCodeAt(at)
    if (code === 91 || code === 123) return this.read(at, parent, depth)
    if (code === 34 || code === 39) {
      const end = this.#scan.quoteEnd(at, code)
      return { value: this.#scan.quoted(at, end, code, parent), end }
    }
    flowText.lastIndex = at
    if (indicators.has(code) || !flowText.test(this.#text)) giveUp()
    const end = flowText.lastIndex
    const next = this.#text.charCodeAt(end)
    // Text that goes on in the next line, and anything with a colon, is left to the whole language.
    if (next !== 44 && next !== 93 && next !== 125) giveUp()
    return { value: this.#scan.plain(at, end), end }
  }
}
