import { nextTicks } from '../../../orchestrate/index.js'

const macros: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

/** Several expressions come as Python prints a list. Undefined where one is not known here. */
export function cronOfDagster(text: string, timezone: string): string | readonly [string, ...string[]] | undefined {
  const all = /^\[.*\]$/s.test(text)
    ? [...text.matchAll(/'([^']*)'|"([^"]*)"/g)].map((one) => one[1] ?? one[2] ?? '')
    : [text]
  const [first, ...more] = all.map((one) => macros[one.trim().toLowerCase()] ?? one.trim())
  if (first === undefined) return undefined
  try {
    nextTicks([first, ...more], timezone, new Date(), 1)
  } catch {
    return undefined
  }
  return more.length === 0 ? first : [first, ...more]
}
