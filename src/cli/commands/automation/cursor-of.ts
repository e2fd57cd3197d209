/** What somebody means by a cursor at the command line: JSON, and what is none, a text. */
export function cursorOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
