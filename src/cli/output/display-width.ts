/** Characters that take two columns of a terminal: East Asian ones and pictures. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
/** Characters that take none: accents that join what stands before them, and joiners. */
const joining = /\p{Mn}|\p{Me}|[\u200b-\u200c]|\u200d|\ufe0f/u
const isAscii = /^[ -~]*$/

function characterWidth(character: string): number {
  if (joining.test(character)) return 0
  return wide.test(character) ? 2 : 1
}

/** How many columns a text takes on a terminal. */
export function displayWidth(text: string): number {
  if (isAscii.test(text)) return text.length
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

/** The text in at most `width` columns, its end replaced by `…` where it is longer. */
export function cutTo(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  if (width < 1) return ''
  let kept = ''
  let used = 0
  for (const character of text) {
    used += characterWidth(character)
    if (used > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/** One printable line: what would move the cursor or change colours is spelled out. Data must not steer a terminal. */
export function printable(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f-\u009f]/g,
    (character) => escapes[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
