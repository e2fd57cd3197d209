/** Markdown taken apart: what is known here is shown as it is meant, everything else as the text that it is. No HTML passes. */
export type Inline =
  | { readonly kind: 'text' | 'code' | 'strong' | 'em' | 'del'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly inlines: readonly Inline[] }
  | { readonly kind: 'paragraph' | 'quote'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string; readonly language: string }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Inline[])[] }
  | {
      readonly kind: 'table'
      readonly head: readonly (readonly Inline[])[]
      readonly rows: readonly (readonly (readonly Inline[])[])[]
    }
  | { readonly kind: 'rule' }

const item = /^\s*(?:([-*+])|(\d+)[.)])\s+(.*)$/
const tableLine = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/

export function parseMarkdown(source: string): Block[] {
  const lines = source.replace(/\r\n?/g, '\n').split('\n')
  const blocks: Block[] = []
  for (let i = 0; i < lines.length; ) {
    const line = lines[i] as string
    if (line.trim() === '') {
      i++
      continue
    }
    const fence = /^\s*(```+|~~~+)\s*(\S*)/.exec(line)
    if (fence) {
      const end = lines.findIndex((one, at) => at > i && one.trim().startsWith(fence[1] as string))
      const last = end < 0 ? lines.length : end
      blocks.push({ kind: 'code', text: lines.slice(i + 1, last).join('\n'), language: fence[2] ?? '' })
      i = last + 1
      continue
    }
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line)
    if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, inlines: parseInline(heading[2] ?? '') })
      i++
      continue
    }
    if (/^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/.test(line)) {
      blocks.push({ kind: 'rule' })
      i++
      continue
    }
    if (line.includes('|') && tableLine.test(lines[i + 1] ?? '')) {
      const head = cells(line)
      const rows: Inline[][][] = []
      for (i += 2; i < lines.length && (lines[i] as string).includes('|'); i++) rows.push(cells(lines[i] as string))
      blocks.push({ kind: 'table', head, rows })
      continue
    }
    const first = item.exec(line)
    if (first) {
      const items: string[] = []
      for (; i < lines.length && (lines[i] as string).trim() !== ''; i++) {
        const found = item.exec(lines[i] as string)
        if (found) items.push(found[3] ?? '')
        else items[items.length - 1] += ` ${(lines[i] as string).trim()}`
      }
      blocks.push({ kind: 'list', isOrdered: first[2] !== undefined, items: items.map(parseInline) })
      continue
    }
    const isQuote = /^\s*>/.test(line)
    const text: string[] = []
    const goesOn = (one: string) =>
      one.trim() !== '' && !/^(?:#{1,6}\s|\s*(?:```|~~~))/.test(one) && (isQuote || !item.test(one))
    for (; i < lines.length && (text.length === 0 || goesOn(lines[i] as string)); i++)
      text.push((lines[i] as string).replace(/^\s*>\s?/, '').trim())
    blocks.push({ kind: isQuote ? 'quote' : 'paragraph', inlines: parseInline(text.join('\n')) })
  }
  return blocks
}

const cells = (line: string): Inline[][] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => parseInline(cell.trim()))

const inline =
  /(`+)(.+?)\1|\*\*(.+?)\*\*|__(.+?)__|\*(?=\S)(.+?)\*|(?<!\w)_(?=\S)(.+?)_(?!\w)|~~(.+?)~~|!?\[([^\]]*)\]\(([^)\s]+)(?:\s+"[^"]*")?\)|<(https?:\/\/[^>\s]+)>|(https?:\/\/[^\s<)]+[^\s<).,;:!?])/g

export function parseInline(source: string): Inline[] {
  const found: Inline[] = []
  let at = 0
  const text = (until: number) => {
    if (until > at) found.push({ kind: 'text', text: source.slice(at, until) })
  }
  for (const match of source.matchAll(inline)) {
    text(match.index)
    at = match.index + match[0].length
    const [whole, , code, strong, strong2, em, em2, del, label, target, auto, bare] = match
    const address = target ?? auto ?? bare
    if (code !== undefined) found.push({ kind: 'code', text: code.trim() })
    else if (strong ?? strong2) found.push({ kind: 'strong', text: (strong ?? strong2) as string })
    else if (em ?? em2) found.push({ kind: 'em', text: (em ?? em2) as string })
    else if (del !== undefined) found.push({ kind: 'del', text: del })
    else if (address !== undefined && isSafeAddress(address))
      found.push({ kind: 'link', text: label || address, href: address })
    else found.push({ kind: 'text', text: label ?? whole })
  }
  text(source.length)
  return found
}

/** Only where a browser goes, not what it runs. */
export const isSafeAddress = (address: string): boolean => /^(?:https?:\/\/|mailto:|#|\/(?!\/))/i.test(address)
