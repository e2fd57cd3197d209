import { holds } from '../../protocol/scan-json.js'
import { writeJson } from '../values/index.js'

/** Texts that come again and again are written once; more of them are not remembered. */
const rememberedTexts = 256

export interface WrittenValue {
  readonly start: number
  readonly end: number
  /** What is in it: see `holds`. */
  readonly kind: number
}

/** Memory for so many bytes, and for what is written behind them. */
export const withRoom = (size: number): number => size + Math.max(256, size >> 3)

/** The body of a page, and what is written behind it. */
export class PageText {
  bytes: Buffer
  end: number
  readonly #values = new Map<unknown, WrittenValue>()

  /** @param bytes are written over by whoever takes the records; behind `end` they are free */
  constructor(bytes: Buffer, end: number) {
    this.bytes = bytes
    this.end = end
  }

  /** Others look at a body, too: it is copied. */
  static copied(body: Uint8Array): PageText {
    const bytes = Buffer.allocUnsafeSlow(withRoom(body.length))
    bytes.set(body)
    return new PageText(bytes, body.length)
  }

  /** @returns where it begins */
  add(text: string): number {
    const start = this.end
    // So many bytes a unit of UTF-16 has at most.
    const most = start + text.length * 3
    if (most > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(most, this.bytes.length * 2))
      this.bytes.copy(larger, 0, 0, start)
      this.bytes = larger
    }
    this.end = start + this.bytes.write(text, start)
    return start
  }

  /** As JSON. */
  value(value: unknown): WrittenValue {
    const known = this.#values.get(value)
    if (known) return known
    const json = writeJson(value)
    const hasEscapes = json.includes('\\')
    const start = this.add(json)
    const isText = typeof value === 'string'
    const kind = hasEscapes ? (isText ? holds.escapes : 0) | (json.includes('\\u') ? holds.halves : 0) : 0
    const written = { start, end: this.end, kind }
    // What has escapes is written over by whoever reads it.
    if (!hasEscapes && typeof value !== 'object' && this.#values.size < rememberedTexts)
      this.#values.set(value, written)
    return written
  }
}
