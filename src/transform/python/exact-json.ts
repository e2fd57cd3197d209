import { PyFloat } from '../../jinja/index.js'

/** What stands for a number until its text is put there. */
const marked = (text: string) => `\u0000${text}\u0000`
const mark = /"\\u0000(-?\d+(?:\.0)?)\\u0000"/g

/**
 * JSON in which whole numbers of any length keep their digits, which `JSON.stringify` refuses; with `floats`, Python's floats are
 * seen to be some as well: `12.0`.
 */
export function exactJson(
  value: unknown,
  { floats = false, indent }: { readonly floats?: boolean; readonly indent?: number } = {},
): string {
  try {
    if (!floats) return JSON.stringify(value, undefined, indent)
  } catch (error) {
    if (!(error instanceof TypeError && error.message.includes('BigInt'))) throw error
  }
  const numberText = function (this: Record<string, unknown>, key: string, shown: unknown) {
    const own = this[key]
    if (typeof own === 'bigint') return marked(String(own))
    return own instanceof PyFloat && Number.isSafeInteger(own.value) ? marked(`${own.value}.0`) : shown
  }
  return JSON.stringify(value, numberText, indent).replace(mark, '$1')
}
