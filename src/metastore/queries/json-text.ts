/** Escaped zeros, and halves of characters that stand alone; a backslash before it is itself one that is escaped. */
const notKept = /(?<!\\)((?:\\\\)*)\\u(?:(0000)|d[89a-f][0-9a-f]{2})/g

/** A value as the text of a jsonb. PostgreSQL keeps every character, also in names of fields, but the zero and half ones. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value ?? null)
  if (!text.includes('\\u')) return text
  return text.replace(notKept, (_, before: string, zero: string | undefined) => before + (zero ? '' : '\ufffd'))
}
