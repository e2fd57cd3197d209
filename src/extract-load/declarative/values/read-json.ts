import { isUtf8 } from 'node:buffer'
import { float } from '../../../jinja/index.js'
import { ExactJsonReader, wholeNumber } from './exact-json-reader.js'

/**
 * Numbers that JavaScript's reader would change: those of sixteen digits and more, floats that are whole, and all with an exponent.
 * A text may hold what looks like one.
 */
const oddNumber = /(?<=[:,[\s])-?(?:\d{16,}(?:\.\d+)?|\d+(?:\.0+|\.\d{15,}|(?:\.\d+)?[eE][+-]?\d+))(?=[,\]}\s])/
const oddNumbers = new RegExp(oddNumber, 'g')
/** What stands in the place of such a number while JavaScript's reader is at work; no text may begin so. */
const mark = '\0'
const writtenMark = '"\\u0000'

/**
 * JSON as Python reads it: whole numbers beyond 2^53 are bigint, floats that are whole are PyFloat, objects are plain. `NaN`, `Infinity`
 * and what is too large for a float are read, and written as null.
 * @throws SyntaxError for what is no JSON, with the place in it
 */
export function readJson(source: string | Uint8Array): unknown {
  const text = typeof source === 'string' ? source : decoded(source)
  if (/^\s*[{[]/.test(text)) {
    try {
      if (!oddNumber.test(text)) return JSON.parse(text)
      if (!text.includes(writtenMark)) {
        // Within a text the quote of a mark ends it, and what follows makes no JSON.
        return withNumbers(JSON.parse(text.replace(oddNumbers, (digits) => `${writtenMark}${digits}"`)))
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      // The other reader knows what is no number to JavaScript, and where a mistake is.
    }
  }
  return new ExactJsonReader(text).read()
}

/** Puts the numbers where the marks are; the value is changed in place. */
function withNumbers(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(mark) ? exactNumber(value.slice(1)) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i]
      if (typeof item === 'object' ? item !== null : typeof item === 'string' && item.charCodeAt(0) === 0)
        value[i] = withNumbers(item)
    }
    return value
  }
  const object = value as Record<string, unknown>
  for (const key in object) {
    const item = object[key]
    if (typeof item === 'object') {
      if (item !== null) withNumbers(item)
    } else if (typeof item === 'string' && item.charCodeAt(0) === 0) object[key] = exactNumber(item.slice(1))
  }
  return value
}

function exactNumber(digits: string): unknown {
  return /[.eE]/.test(digits) ? float(Number(digits)) : wholeNumber(digits)
}

function decoded(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new SyntaxError('The bytes are no UTF-8.')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
