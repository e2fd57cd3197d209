import { str } from '../../../jinja/index.js'
import type { HttpRequest, Mapping } from '../component-contract.js'
import { formPairs } from './form.js'
import { pythonPattern } from './python-pattern.js'
import { splitUrl } from './split-url.js'

/** What a request must be like; what is not said does not matter. */
export interface MatcherParts {
  readonly method?: string | null | undefined
  readonly urlBase?: string | null | undefined
  readonly urlPathPattern?: string | null | undefined
  readonly params?: Mapping | null | undefined
  readonly headers?: Mapping | null | undefined
}

export function requestMatcher(parts: MatcherParts): (request: HttpRequest) => boolean {
  const method = parts.method?.toUpperCase()
  const base = parts.urlBase?.replace(/\/+$/, '')
  const path = parts.urlPathPattern ? pythonPattern(parts.urlPathPattern, 'anywhere') : undefined
  const params = texts(parts.params)
  const headers = texts(parts.headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return (request) => {
    if (method && request.method !== method) return false
    const url = splitUrl(request.url)
    if (base && `${url.scheme}://${url.netloc}` !== base) return false
    if (path && !path.test(url.path.replace(/\/+$/, ''))) return false
    if (params.length > 0) {
      const query = new Map(formPairs(url.query))
      if (params.some(([name, value]) => query.get(name) !== value)) return false
    }
    const sent = new Map(request.headers.map(([name, value]) => [name.toLowerCase(), value]))
    return headers.every(([name, value]) => sent.get(name) === value)
  }
}

const texts = (mapping: Mapping | null | undefined) =>
  Object.entries(mapping ?? {}).map(([name, value]) => [name, str(value)] as const)
