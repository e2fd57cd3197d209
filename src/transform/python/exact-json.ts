import { float, PyFloat } from '../../jinja/index.js'

/** What stands for a number until its text, or its value, is put there. */
const marked = (text: string) => `\u0000${text}`
const markInJson = /"\\u0000(-?\d+(?:\.0)?)"/g
const markInText = /^\0-?\d+(?:\.0+)?$/

/**
 * JSON in which numbers are what they are to Python: whole ones keep all their digits, which `JSON.stringify` refuses, and floats
 * are seen to be some: `12.0`.
 */
export function exactJson(value: unknown, { indent }: { readonly indent?: number } = {}): string {
  const before = PyFloat.written
  try {
    const text = JSON.stringify(value, undefined, indent)
    if (PyFloat.written === before) return text
  } catch (error) {
    if (!(error instanceof TypeError && error.message.includes('BigInt'))) throw error
  }
  const numberText = function (this: Record<string, unknown>, key: string, shown: unknown) {
    const own = this[key]
    if (typeof own === 'bigint') return marked(String(own))
    return own instanceof PyFloat && Number.isSafeInteger(own.value) ? marked(`${own.value}.0`) : shown
  }
  return JSON.stringify(value, numberText, indent).replace(markInJson, '$1')
}

/** Finds out quickly that there is none; a text may look like one, which costs time and nothing else. */
const oddNumber = /[:,[\s](?:-?\d{16,}|-?\d+\.0+)(?=[\s,\]}])/
const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

/** The value of such JSON. @throws SyntaxError */
export function readExactJson(text: string): unknown {
  if (!oddNumber.test(text)) return JSON.parse(text)
  const withMarks = text.replace(token, (one) => (/^-?(?:\d{16,}|\d+\.0+)$/.test(one) ? `"\\u0000${one}"` : one))
  return JSON.parse(withMarks, (_, value: unknown) => {
    if (typeof value !== 'string' || !markInText.test(value)) return value
    const digits = value.slice(1)
    if (digits.includes('.')) return float(Number(digits))
    return Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits)
  })
}
