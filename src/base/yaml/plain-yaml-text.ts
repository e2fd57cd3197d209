/** Single texts of plain YAML: what they mean, and how their lines are joined. */

/** Thrown to give up. No stack is wanted: it is no error. */
export const unsure = { reason: 'not plain YAML' }
export function giveUp(): never {
  throw unsure
}

/** Deeper than this the whole language may decide. */
export const deepest = 60

const simpleInteger = /^[-+]?(?:0|[1-9]\d{0,14})$/
const simpleFloat = /^[-+]?(?:0|[1-9]\d{0,14})\.\d{1,15}$/
/** What could be a number, a time or a date of some kind. */
const numberLike = /^[-+.]?[\d.][\d_.:,a-fA-FxXoOeEtTzZ \t+-]*$/
/** `6.48.10` and `2fa7c01d` are no numbers in any YAML. */
const versionOrHash = /^(?:\d+\.\d+\.\d+|(?!0[box])\d[\da-f]*[a-df][\da-f]*)$/
const special = /^[-+]?\.(?:inf|nan)$/i
/** What plain text means: a number, a word like `true`, or itself. */
export function plainValue(
  text: string,
  words: ReadonlyMap<string, unknown>,
  float: (value: number) => unknown,
): unknown {
  const code = text.charCodeAt(0)
  if (words.has(text)) return words.get(text)
  // Letters and underscores begin no number.
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95) return text
  if (simpleInteger.test(text)) return Number(text)
  if (simpleFloat.test(text)) return float(Number(text))
  if (versionOrHash.test(text)) return text
  if (numberLike.test(text) || special.test(text)) giveUp()
  return text
}

/** Lines of a quoted text joined as YAML joins them: a break is a blank, an empty line a break. */
export function foldedLines(raw: string, parent: number): string {
  const [first = '', ...rest] = raw.split('\n')
  let result = first.trimEnd()
  let breaks = 0
  for (const [i, line] of rest.entries()) {
    if (line.includes('\t')) giveUp()
    const content = line.trim()
    const isLast = i === rest.length - 1
    if (content === '' && !isLast) {
      breaks++
      continue
    }
    const indent = line.length - line.trimStart().length
    if (indent <= parent || /^(?:---|\.\.\.)/.test(line)) giveUp()
    result += breaks > 0 ? '\n'.repeat(breaks) : ' '
    result += isLast ? line.trimStart() : content
    breaks = 0
  }
  return result
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  '\\': '\\',
  '/': '/',
  '0': '\0',
}

/** A double-quoted text without its escapes; the rare ones are left to the library. */
export const unescaped = (text: string) => text.replace(/\\(.)/g, (_, sign: string) => escapes[sign] ?? giveUp())

/** `>`: lines of one paragraph are joined; empty lines and deeper ones keep their breaks. */
export function foldedBlock(lines: readonly string[]): string {
  let result = ''
  let breaks = 0
  let previous: string | undefined
  for (const line of lines) {
    if (line === '') {
      breaks++
      continue
    }
    const isDeeper = /^[ \t]/.test(line)
    if (previous === undefined) result += '\n'.repeat(breaks)
    else if (isDeeper || /^[ \t]/.test(previous)) result += '\n'.repeat(breaks + 1)
    else result += breaks > 0 ? '\n'.repeat(breaks) : ' '
    result += line
    previous = line
    breaks = 0
  }
  return result
}
