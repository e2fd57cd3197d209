import { floatText, PyDict, PyFloat, typeName } from '../../../jinja/index.js'
import { extractLoadErrors } from '../../errors.js'
import { NoJsonValue } from './no-json-value.js'

/** Floats are found by it in the text that the engine wrote, which is many times faster than writing the text ourselves. */
const mark = '\u0000\u0001float:'
const markedFloat = /"\\u0000\\u0001float:([^"]+)"/g

/**
 * JSON of a value as Python writes it: whole numbers with all their digits, floats with a point; infinite ones are null.
 * @throws RECORD_NOT_JSON for what Python has and JSON has not
 */
export function writeJson(value: unknown): string {
  const before = PyFloat.written
  const outer = PyFloat.shown
  PyFloat.shown = (float) => `${mark}${floatText(float)}`
  try {
    const text = JSON.stringify(value) as string | undefined
    if (text === undefined) return 'null'
    return PyFloat.written === before ? text : text.replace(markedFloat, '$1')
  } catch (error) {
    if (!(error instanceof TypeError && error.message.includes('BigInt'))) throw error
  } finally {
    PyFloat.shown = outer
  }
  return written(value)
}

/** The same where the engine refuses: it writes no whole numbers beyond 2^53. */
function written(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'boolean':
    case 'bigint':
      return String(value)
  }
  if (value === null || value === undefined) return 'null'
  if (value instanceof PyFloat) return Number.isFinite(value.value) ? floatText(value.value) : 'null'
  if (Array.isArray(value)) {
    let text = ''
    for (const item of value) text += text === '' ? written(item) : `,${written(item)}`
    return `[${text}]`
  }
  if (value instanceof NoJsonValue) return value.toJSON()
  if (value instanceof PyDict) return written(value.toJSON())
  if (Object.getPrototypeOf(value) !== Object.prototype)
    throw extractLoadErrors.create('RECORD_NOT_JSON', { message: `A ${typeName(value)} cannot be written as JSON.` })
  const object = value as Readonly<Record<string, unknown>>
  let text = ''
  for (const key in object) {
    const item = object[key]
    if (item !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${written(item)}`
  }
  return `{${text}}`
}
