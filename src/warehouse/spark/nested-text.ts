import type { Cell } from '../contract.js'
import { scalarCell } from './scalar-cell.js'
import type { SparkType } from './types.js'

/**
 * An array, map or struct from the text that Spark sends of it: `[1,null]`, `{"k":"v"}`. It looks like JSON and is none: quotes within
 * texts are not escaped, times stand without quotes, and keys of maps may be anything. Where a text cannot be read, it stays as it is.
 */
export function nestedCell(text: string, type: SparkType, zone: string): Cell {
  const reader = new Reader(text, zone)
  try {
    const cell = reader.value(type)
    return reader.isAtEnd ? cell : text
  } catch {
    return text
  }
}

class Reader {
  readonly #text: string
  readonly #zone: string
  #at = 0

  constructor(text: string, zone: string) {
    this.#text = text
    this.#zone = zone
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length
  }

  value(type: SparkType): Cell {
    if (/^null(?=[,\]}]|$)/.test(this.#text.slice(this.#at, this.#at + 5))) {
      this.#at += 4
      return null
    }
    if (type.fields) return this.#struct(type.fields)
    if (type.key && type.element) return this.#map(type.key, type.element)
    if (type.element) return this.#array(type.element)
    return type.kind === 'text' || this.#text[this.#at] === '"' ? this.#quoted() : this.#bare(type)
  }

  #array(element: SparkType): Cell[] {
    const items: Cell[] = []
    this.#take('[')
    while (this.#text[this.#at] !== ']') {
      if (items.length > 0) this.#take(',')
      items.push(this.value(element))
    }
    this.#take(']')
    return items
  }

  #map(key: SparkType, element: SparkType): Cell {
    const entries: [string, Cell][] = []
    this.#take('{')
    while (this.#text[this.#at] !== '}') {
      if (entries.length > 0) this.#take(',')
      const name = key.kind === 'text' ? this.#quoted() : this.#until(/:/g)
      this.#take(':')
      entries.push([String(name), this.value(element)])
    }
    this.#take('}')
    return Object.fromEntries(entries)
  }

  #struct(fields: NonNullable<SparkType['fields']>): Cell {
    const entries: [string, Cell][] = []
    this.#take('{')
    for (const [i, [name, type]] of fields.entries()) {
      if (i > 0) this.#take(',')
      this.#take(`"${name}":`)
      entries.push([name, this.value(type)])
    }
    this.#take('}')
    return Object.fromEntries(entries)
  }

  /** Ends at a quote behind which the value can end: those within are not told apart otherwise. */
  #quoted(): string {
    this.#take('"')
    const end = /"(?=[,\]}:]|$)/g
    end.lastIndex = this.#at
    const found = end.exec(this.#text)
    if (!found) throw new Error('no end')
    const value = this.#text.slice(this.#at, found.index)
    this.#at = found.index + 1
    return value
  }

  #bare(type: SparkType): Cell {
    return scalarCell(this.#until(/[,\]}]|$/g), type.kind, this.#zone)
  }

  #until(end: RegExp): string {
    end.lastIndex = this.#at
    const found = end.exec(this.#text)
    if (!found) throw new Error('no end')
    const value = this.#text.slice(this.#at, found.index)
    this.#at = found.index
    return value
  }

  #take(expected: string): void {
    if (!this.#text.startsWith(expected, this.#at)) throw new Error(`no ${expected}`)
    this.#at += expected.length
  }
}
