/** What follows a value in JSON text, or stands between values. */
const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9

/**
 * The members of a JSON object's text, each value as the text that it was written with: `JSON.parse` would round its numbers. Of a
 * key that comes twice the last one counts, as everywhere. Undefined when the text is no object.
 */
export function jsonMembers(text: string): Map<string, string> | undefined {
  let at = afterSpace(text, 0)
  if (text[at] !== '{') return undefined
  const members = new Map<string, string>()
  at = afterSpace(text, at + 1)
  while (text[at] === '"') {
    const keyEnd = endOfValue(text, at)
    const start = afterSpace(text, afterSpace(text, keyEnd) + 1)
    const end = endOfValue(text, start)
    members.set(JSON.parse(text.slice(at, keyEnd)) as string, text.slice(start, end))
    at = afterSpace(text, end)
    if (text[at] === ',') at = afterSpace(text, at + 1)
  }
  return members
}

/** The elements of a JSON array's text, each as it was written. Undefined when the text is no array. */
export function jsonElements(text: string): string[] | undefined {
  let at = afterSpace(text, 0)
  if (text[at] !== '[') return undefined
  const elements: string[] = []
  at = afterSpace(text, at + 1)
  while (at < text.length && text[at] !== ']') {
    const end = endOfValue(text, at)
    elements.push(text.slice(at, end))
    at = afterSpace(text, end)
    if (text[at] === ',') at = afterSpace(text, at + 1)
  }
  return elements
}

/** The text of an object with these members. */
export const jsonObject = (members: ReadonlyMap<string, string>) =>
  `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`

function afterSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

/** Where the value that starts at `from` ends. The text is known to be JSON. */
function endOfValue(text: string, from: number): number {
  if (text[from] === '"') return endOfString(text, from)
  let depth = 0
  let at = from
  for (; at < text.length; at++) {
    const char = text[at]
    if (char === '"') at = endOfString(text, at) - 1
    else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') {
      if (depth === 0) return at
      if (--depth === 0) return at + 1
    } else if (depth === 0 && (char === ',' || isSpace(text.charCodeAt(at)))) return at
  }
  return at
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
  return text.length
}
