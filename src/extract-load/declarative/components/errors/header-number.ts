import type { HttpResponse } from '../../component-contract.js'
import { pythonPattern } from '../../http/python-pattern.js'
import type { Evaluated, Interpolation } from '../../interpolation/index.js'
import { numberIn } from './seconds.js'

/** Reads a number from a header, of the part of it that a pattern matches at its start. */
export function headerNumber(
  header: string,
  regex: string | null | undefined,
  interpolation: Interpolation,
): Evaluated<(response: HttpResponse) => number | undefined> {
  const name = interpolation.value(header)
  const pattern = regex ? interpolation.value(regex) : undefined
  return () => {
    const expression = pattern && pythonPattern(String(pattern()), 'start')
    const key = String(name()).toLowerCase()
    return (response) => {
      const text = response.headers.get(key)
      if (!text) return undefined
      return numberIn(expression?.exec(text)?.[0] ?? text)
    }
  }
}
