import { plainXmlText } from '../../../base/index.js'

export interface XmlHandler {
  /** @param name without its prefix */
  open?(name: string, attributes: (name: string) => string | undefined): void
  text?(text: string): void
  close?(name: string): void
}

/** What is longer is no part of a workbook. */
const longestTag = 1024 * 1024

/** Reads XML as it comes, in pieces, as far as workbooks use it. */
export class XmlReader {
  readonly #handler: XmlHandler
  #rest = ''

  constructor(handler: XmlHandler) {
    this.#handler = handler
  }

  /** @throws SyntaxError */
  write(piece: string): void {
    const xml = this.#rest + piece
    let at = 0
    for (;;) {
      const tag = xml.indexOf('<', at)
      if (tag < 0) break
      if (tag > at) this.#handler.text?.(plainXmlText(xml.slice(at, tag)))
      at = tag
      const end = endOf(xml, tag)
      if (end < 0) break
      this.#tag(xml, tag, end)
      at = end
    }
    this.#rest = xml.slice(at)
    if (this.#rest.length > longestTag) throw new SyntaxError('a tag has no end')
  }

  #tag(xml: string, start: number, end: number): void {
    const { open, text, close } = this.#handler
    const second = xml[start + 1]
    if (xml.startsWith('<![CDATA[', start)) text?.(xml.slice(start + 9, end - 3))
    else if (second === '/') close?.(bareName(xml.slice(start + 2, end - 1).trimEnd()))
    else if (second !== '!' && second !== '?') {
      const isEmpty = xml[end - 2] === '/'
      const tag = xml.slice(start + 1, isEmpty ? end - 2 : end - 1)
      const name = bareName(/^[^\s/>]+/.exec(tag)?.[0] ?? '')
      open?.(name, (attribute) => attributeIn(tag, attribute))
      if (isEmpty) close?.(name)
    }
  }
}

const bareName = (name: string) => name.slice(name.indexOf(':') + 1)

const patterns = new Map<string, RegExp>()

function attributeIn(tag: string, name: string): string | undefined {
  let pattern = patterns.get(name)
  if (!pattern) {
    pattern = new RegExp(`\\s(?:\\w+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
    patterns.set(name, pattern)
  }
  const found = pattern.exec(tag)
  const value = found?.[1] ?? found?.[2]
  return value === undefined ? undefined : plainXmlText(value)
}

/** Behind the tag that begins there; -1 where it is not all there yet. */
function endOf(xml: string, start: number): number {
  if (xml[start + 1] !== '!') return endOfTag(xml, start)
  const closing = closings.find(([opening]) => xml.startsWith(opening, start) || opening.startsWith(xml.slice(start)))
  if (!closing) return endOfTag(xml, start)
  const end = xml.indexOf(closing[1], start)
  return end < 0 ? -1 : end + closing[1].length
}

/** Within quotes `>` is a character like any other. */
function endOfTag(xml: string, start: number): number {
  for (let at = start + 1; at < xml.length; at++) {
    const character = xml[at]
    if (character === '>') return at + 1
    if (character !== '"' && character !== "'") continue
    at = xml.indexOf(character, at + 1)
    if (at < 0) return -1
  }
  return -1
}

const closings = [
  ['<![CDATA[', ']]>'],
  ['<!--', '-->'],
] as const

/** Has a reader read all of a stream. */
export async function readXml(bytes: AsyncIterable<Uint8Array>, handler: XmlHandler): Promise<void> {
  for await (const _ of xmlPieces(bytes, handler));
}

/** The same piece by piece, so that somebody may take what came of each. */
export async function* xmlPieces(bytes: AsyncIterable<Uint8Array>, handler: XmlHandler): AsyncGenerator<void> {
  const decoder = new TextDecoder('utf-8')
  const reader = new XmlReader(handler)
  for await (const piece of bytes) {
    reader.write(decoder.decode(piece, { stream: true }))
    yield
  }
}
