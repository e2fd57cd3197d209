/** Colours as dbt uses them: they say how something ended. Outputs without colour take them out again. */
const paint = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`

export const red = paint(31)
export const green = paint(32)
export const yellow = paint(33)

export const warningTag = (text: string) => `[${yellow('WARNING')}]: ${text}`
export const errorTag = (text: string) => `[${red('ERROR')}]: ${text}`
export const deprecationTag = (text: string, name: string) => `[${yellow('WARNING')}][${name}]: ${text}`

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of
export const withoutColors = (text: string) => text.replace(/\u001b\[[0-9;]*m/g, '')

/** Up to the width of a terminal, the status in brackets at its end: `1 of 2 OK created sql view model … [OK in 0.01s]`. */
export function resultLine(
  text: string,
  status: string,
  place: { readonly index?: number | undefined; readonly total?: number | undefined },
  seconds?: number,
): string {
  const { index, total } = place
  const progress = index === undefined ? '' : `${index} of ${total} `
  const justified = `${progress}${text} `.padEnd(80, '.')
  return `${justified} [${status}${seconds === undefined ? '' : ` in ${seconds.toFixed(2)}s`}]`
}
