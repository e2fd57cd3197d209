import { str } from '../../../jinja/index.js'
import type { Mapping } from '../component-contract.js'
import { quotePlus, unquotePlus } from './python-quote.js'

/** Query parameters or the fields of a form, as Python's `requests` writes them: a list gives its name several times, None nothing. */
export function encodedForm(fields: Mapping): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(fields))
    for (const one of valuesOf(value))
      if (one !== null && one !== undefined) pairs.push(`${quotePlus(name)}=${quotePlus(str(one))}`)
  return pairs.join('&')
}

/** What Python iterates over: of a mapping its keys. */
function valuesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((one) => (Array.isArray(one) ? one : [one]))
  if (value instanceof Set) return [...value]
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.keys(value)
  return [value]
}

/** Python's `parse_qsl`: pairs without a value are passed over. */
export function formPairs(query: string): (readonly [name: string, value: string])[] {
  return query.split('&').flatMap((pair) => {
    const at = pair.indexOf('=')
    return at < 0 || at === pair.length - 1 ? [] : [[unquotePlus(pair.slice(0, at)), unquotePlus(pair.slice(at + 1))]]
  })
}
