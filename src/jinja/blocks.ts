import { syntaxError, type TemplateSource } from './errors.js'
import { nextTag, stringEnd } from './lexer/scan.js'

/** A block at the top level of a file, as it stands there: for hosts that keep macros, tests or docs apart. */
export interface TopLevelBlock {
  /** `macro`, `snapshot`, `docs` … */
  readonly kind: string
  /** The first word after the tag's name; '' when there is none. */
  readonly name: string
  /** Everything between the tag's name and the end of the opening tag. */
  readonly header: string
  /** With its tags. */
  readonly source: string
  /** Between its tags. */
  readonly body: string
  /** 1-based place of the opening tag. */
  readonly line: number
  readonly column: number
}

interface Tag {
  readonly name: string
  readonly header: string
  readonly start: number
  readonly end: number
}

const tagStart = /[-+]?\s*([A-Za-z_]\w*)/y
/** A string, or the end. */
const expressionStop = /["']|\}\}/g
const tagStop = /["']|%\}/g
const rawEnd = /\{%[-+]?\s*endraw\s*[-+]?%\}/g

/** Every `{% tag %}` of a text; what stands in comments, expressions and raw blocks is passed over. */
function* tags(source: string): Generator<Tag> {
  let at = nextTag(source, 0)
  while (at >= 0) {
    let end = at + 2
    if (source[at + 1] === '#') {
      const close = source.indexOf('#}', end)
      end = close < 0 ? source.length : close + 2
    } else if (source[at + 1] === '{') end = closeOf(source, end, expressionStop)
    else {
      tagStart.lastIndex = end
      const name = tagStart.exec(source)?.[1]
      if (name !== undefined) {
        const headerStart = tagStart.lastIndex
        end = closeOf(source, headerStart, tagStop)
        if (name === 'raw') {
          rawEnd.lastIndex = end
          end = rawEnd.exec(source) ? rawEnd.lastIndex : source.length
        } else {
          const header = source.slice(headerStart, end - 2).replace(/[-+]$/, '')
          yield { name, header: header.trim(), start: at, end }
        }
      }
    }
    at = nextTag(source, end)
  }
}

/** Just behind the end of a tag, which may not stand in a string; a quote without its partner is an ordinary sign. */
function closeOf(source: string, from: number, stop: RegExp): number {
  stop.lastIndex = from
  for (let found = stop.exec(source); found; found = stop.exec(source)) {
    if (found[0].length > 1) return stop.lastIndex
    const end = stringEnd(source, found.index)
    if (end > 0) stop.lastIndex = end
  }
  return source.length
}

/**
 * The blocks of these kinds that stand at the top level of a file, found without parsing what is in them: a file with
 * one broken macro still yields the others.
 * @throws JINJA_SYNTAX for a block that is never closed
 */
export function topLevelBlocks(template: TemplateSource, kinds: ReadonlySet<string>): TopLevelBlock[] {
  const { source } = template
  const blocks: TopLevelBlock[] = []
  let open: { kind: string; header: string; start: number; bodyStart: number; depth: number } | undefined
  for (const { name, header, start, end } of tags(source)) {
    if (!open) {
      if (kinds.has(name)) open = { kind: name, header, start, bodyStart: end, depth: 1 }
    } else if (name === open.kind) open.depth++
    else if (name === `end${open.kind}` && --open.depth === 0) {
      blocks.push({
        kind: open.kind,
        name: /^\w+/.exec(open.header)?.[0] ?? '',
        header: open.header,
        source: source.slice(open.start, end),
        body: source.slice(open.bodyStart, start),
        ...place(source, open.start),
      })
      open = undefined
    }
  }
  if (open) {
    const { line, column } = place(source, open.start)
    throw syntaxError(
      template,
      `This \`${open.kind}\` block is never closed.`,
      line,
      column,
      `Add {% end${open.kind} %}.`,
    )
  }
  return blocks
}

function place(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}
