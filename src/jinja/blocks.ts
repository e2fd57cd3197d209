import { syntaxError, type TemplateSource } from './errors.js'

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

const tagPattern =
  /\{#[\s\S]*?#\}|\{%[-+]?\s*raw\s*[-+]?%\}[\s\S]*?\{%[-+]?\s*endraw\s*[-+]?%\}|\{\{(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?!\}\})[\s\S])*?\}\}|\{%[-+]?\s*([A-Za-z_]\w*)((?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?!%\})[\s\S])*?)[-+]?%\}/g

/**
 * The blocks of these kinds that stand at the top level of a file, found without parsing what is in them: a file with
 * one broken macro still yields the others.
 * @throws JINJA_SYNTAX for a block that is never closed
 */
export function topLevelBlocks(template: TemplateSource, kinds: ReadonlySet<string>): TopLevelBlock[] {
  const { source } = template
  const blocks: TopLevelBlock[] = []
  let open: { kind: string; header: string; start: number; bodyStart: number; depth: number } | undefined
  for (const match of source.matchAll(tagPattern)) {
    const [whole, tag, header = ''] = match
    if (tag === undefined) continue
    if (!open) {
      if (kinds.has(tag))
        open = { kind: tag, header: header.trim(), start: match.index, bodyStart: match.index + whole.length, depth: 1 }
      continue
    }
    if (tag === open.kind) open.depth++
    else if (tag === `end${open.kind}` && --open.depth === 0) {
      blocks.push({
        kind: open.kind,
        name: /^\w+/.exec(open.header)?.[0] ?? '',
        header: open.header,
        source: source.slice(open.start, match.index + whole.length),
        body: source.slice(open.bodyStart, match.index),
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
