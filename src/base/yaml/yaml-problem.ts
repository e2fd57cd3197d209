import type { Document, visit as visitNodes, YAMLError } from 'yaml'

/** The library's messages in plain words; what it reports is often where it noticed, one line below the mistake. */
const hints: readonly (readonly [RegExp, string])[] = [
  [/without - indicator/, 'This line belongs to a list: give it the indentation of the text behind the `-` above it.'],
  [
    /must start at the same column/,
    'Entries of one mapping or list have the same indentation: compare with the lines above.',
  ],
  [
    /scalar at node end/,
    'Something stands behind the end of a value, or an entry lacks its `-`: quote the value as a whole, and write a quote within quotes twice.',
  ],
  [
    /implicit map key|same line with key|compact mappings/,
    'A value may not hold `: ` or begin with `- ` on the line of its key: quote it, or write the list on lines of its own. And the line below it may not be indented further.',
  ],
  [/closing "quote|closing 'quote/, 'A quote that begins here never ends.'],
  [/reserved character/, 'Put the value in quotes.'],
  [/Tabs are not allowed/, 'Indent with spaces.'],
  [/sufficiently indented and end with/, 'A bracket that was opened here, or above, is not closed.'],
  [/Unresolved tag/, 'Remove what begins with ! here, or put quotes around the value.'],
  [/single line|need to be followed by map values/, 'This line lacks a `:` behind its name, or the `-` of a list.'],
]

export const hintFor = (message: string): string =>
  hints.find(([pattern]) => pattern.test(message))?.[1] ??
  'Check the indentation and the quotes on this line and on the one above it.'

/** Where a person finds what is wrong: the library points at blank lines before it, or at the end of the file. */
export function placeOf(
  { pos: [offset], message }: YAMLError,
  {
    document,
    text,
    visit,
  }: { readonly document: Document.Parsed; readonly text: string; readonly visit: typeof visitNodes },
): number {
  const end = text.trimEnd().length
  if (message.startsWith('Missing closing')) {
    let begins = offset
    visit(document, {
      Scalar(_, { type, range }) {
        if (type?.startsWith('QUOTE') && range && range[1] >= end) begins = range[0]
      },
    })
    return begins
  }
  const lineEnd = text.indexOf('\n', offset)
  const isBlank = text.slice(text.lastIndexOf('\n', offset - 1) + 1, lineEnd < 0 ? undefined : lineEnd).trim() === ''
  if (!isBlank) return offset
  return offset < end ? offset + text.slice(offset).search(/\S/) : Math.max(0, end - 1)
}
