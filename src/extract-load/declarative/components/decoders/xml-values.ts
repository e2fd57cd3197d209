import { SaxesParser } from 'saxes'
import { setKey } from '../../dpath/index.js'

interface Open {
  readonly name: string
  item: Record<string, unknown> | null
  text: string
}

/**
 * XML as Python's `xmltodict` (0.14) reads it: attributes as `@name`, the text of an element with attributes or children as `#text`, an
 * element that comes several times as a list, an empty one as null. Names keep their prefixes.
 * @throws Error where it is not well-formed
 */
export function xmlValues(text: string): Record<string, unknown> {
  const parser = new SaxesParser({ xmlns: false, position: false })
  const stack: Open[] = [{ name: '', item: null, text: '' }]
  let failed: Error | undefined
  parser.on('error', (error) => {
    failed ??= error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const entries = Object.entries(attributes as Record<string, string>)
    const item = entries.length > 0 ? Object.fromEntries(entries.map(([key, value]) => [`@${key}`, value])) : null
    stack.push({ name, item, text: '' })
  })
  const addText = (piece: string) => {
    const top = stack.at(-1)
    if (top) top.text += piece
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const closed = stack.pop()
    const parent = stack.at(-1)
    if (!closed || !parent) return
    const content = closed.text.trim() || null
    if (closed.item && content !== null) add(closed.item, '#text', content)
    parent.item ??= {}
    add(parent.item, closed.name, closed.item ?? content)
  })
  parser.write(text)
  if (!failed) parser.close()
  if (failed) throw failed
  const root = stack[0]?.item
  if (!root) throw new Error('it has no element')
  return root
}

function add(item: Record<string, unknown>, name: string, value: unknown): void {
  const known = Object.hasOwn(item, name) ? item[name] : undefined
  if (known === undefined) setKey(item, name, value)
  else if (Array.isArray(known)) known.push(value)
  else setKey(item, name, [known, value])
}
