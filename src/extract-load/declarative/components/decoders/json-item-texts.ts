import { UnreadText } from './unread-text.js'

const quote = 0x22
const backslash = 0x5c
/** As deep as Python reads it. */
const deepest = 1000

interface Container {
  readonly isList: boolean
  readonly prefix: string
}

/** Cuts the elements of one array, or of several under the same path, out of a JSON text of any length, without holding more of it than one element. */
export class JsonItemTexts {
  readonly #target: string
  readonly #stack: Container[] = []
  readonly #unread = new UnreadText()
  #text = ''
  #key: string | undefined
  /** Where the element begins that is read; -1: none is. */
  #itemStart = -1
  #itemDepth = 0
  #resumeAt = 0
  #wasSomething = false

  /** @param path names with dots between them; `item` is an element of an array, as with Python's `ijson` */
  constructor(path: string) {
    this.#target = `${path}.item`
  }

  /** @throws SyntaxError where its brackets say that it is broken */
  push(piece: string, take: (item: string) => void): void {
    const unread = this.#unread.add(piece)
    if (unread !== undefined) this.#read(unread, take)
  }

  #read(text: string, take: (item: string) => void): void {
    this.#text = text
    let at = this.#resumeAt
    while (at < this.#text.length) {
      const next = this.#step(at, take)
      if (next < 0) break
      at = next
    }
    const keepFrom = this.#itemStart >= 0 ? this.#itemStart : at
    this.#text = this.#text.slice(keepFrom)
    this.#unread.keep(this.#text)
    this.#resumeAt = at - keepFrom
    if (this.#itemStart >= 0) this.#itemStart = 0
  }

  /** @returns whether the text was complete */
  end(take: (item: string) => void): boolean {
    this.#read(this.#unread.take(), take)
    if (this.#stack.length > 0) return false
    if (this.#text.trim() === '') return this.#wasSomething
    // A number at the end of the text ends with it.
    return !this.#wasSomething && /^-?\d[\d.eE+-]*$|^(?:true|false|null)$/.test(this.#text)
  }

  /** @returns where to go on; -1: more text is needed */
  #step(at: number, take: (item: string) => void): number {
    switch (this.#text.charCodeAt(at)) {
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
      case 0x3a:
        return at + 1
      case 0x2c:
        this.#key = undefined
        return at + 1
      case 0x7b:
      case 0x5b:
        this.#open(at, this.#text[at] === '[')
        return at + 1
      case 0x7d:
      case 0x5d:
        this.#close(this.#text[at] === ']')
        this.#closeItem(at + 1, take)
        return at + 1
      case quote:
        return this.#string(at, take)
      default:
        return this.#scalar(at, take)
    }
  }

  #open(at: number, isList: boolean): void {
    const prefix = this.#prefix()
    this.#begin(at, prefix)
    if (this.#stack.length === deepest) throw new SyntaxError(`it is more than ${deepest} levels deep`)
    this.#stack.push({ isList, prefix })
    this.#key = undefined
  }

  #close(isList: boolean): void {
    if (this.#stack.pop()?.isList !== isList) throw new SyntaxError('a bracket closes what was not opened')
    this.#key = undefined
  }

  #string(at: number, take: (item: string) => void): number {
    const end = stringEnd(this.#text, at + 1)
    if (end < 0) return -1
    const top = this.#stack.at(-1)
    if (top && !top.isList && this.#key === undefined) {
      // Inside of an element nobody asks for keys.
      this.#key = this.#itemStart >= 0 ? '' : (JSON.parse(this.#text.slice(at, end)) as string)
      return end
    }
    this.#value(at, end, take)
    return end
  }

  #scalar(at: number, take: (item: string) => void): number {
    let end = at
    while (end < this.#text.length && !/[\s,\]}]/.test(this.#text[end] as string)) end++
    if (end === this.#text.length) return -1
    this.#value(at, end, take)
    return end
  }

  #value(at: number, end: number, take: (item: string) => void): void {
    this.#begin(at, this.#prefix())
    this.#closeItem(end, take)
  }

  #prefix(): string {
    const top = this.#stack.at(-1)
    if (!top) return ''
    const name = top.isList ? 'item' : (this.#key ?? '')
    return top.prefix === '' ? name : `${top.prefix}.${name}`
  }

  #begin(at: number, prefix: string): void {
    if (this.#wasSomething && this.#stack.length === 0) throw new SyntaxError('something follows its end')
    this.#wasSomething = true
    if (this.#itemStart >= 0 || prefix !== this.#target) return
    this.#itemStart = at
    this.#itemDepth = this.#stack.length
  }

  #closeItem(end: number, take: (item: string) => void): void {
    if (this.#itemStart < 0 || this.#stack.length !== this.#itemDepth) return
    take(this.#text.slice(this.#itemStart, end))
    this.#itemStart = -1
  }
}

/** Behind the quote that ends a string; -1: it goes on. */
function stringEnd(text: string, start: number): number {
  for (let at = start; ; ) {
    const end = text.indexOf('"', at)
    if (end < 0) return -1
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash && end - 1 - slashes >= start) slashes++
    if (slashes % 2 === 0) return end + 1
    at = end + 1
  }
}
