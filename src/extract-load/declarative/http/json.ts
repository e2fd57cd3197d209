/** JSON as Python reads it. @throws SyntaxError */
export function parsedJson(text: string): unknown {
  return JSON.parse(text)
}
