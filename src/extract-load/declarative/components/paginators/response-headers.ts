import type { HttpResponse } from '../../component-contract.js'
import { setKey } from '../../dpath/index.js'

/** What templates of a paginator see as `headers`: names in the letters in which they came, and under `link` the links by what they are for. */
export function responseHeaders({ headers, headerNames }: HttpResponse): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, value] of headers) setKey(values, headerNames?.get(name) ?? name, value)
  values.link = links(headers.get('link'))
  return values
}

/** `<https://…?page=2>; rel="next"` as requests for Python reads it: by `rel`, or by the address where it says none. */
function links(header: string | undefined): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {}
  for (const part of (header ?? '').replace(/^[ '"]+|[ '"]+$/g, '').split(/, *</)) {
    if (part === '') continue
    const [address = '', ...parameters] = part.split(';')
    const link: Record<string, string> = { url: address.replace(/^[<> '"]+|[<> '"]+$/g, '') }
    for (const parameter of parameters) {
      const [name = '', value, ...rest] = parameter.split('=')
      if (value === undefined || rest.length > 0) break
      link[trimmed(name)] = trimmed(value)
    }
    found[link.rel || link.url || ''] = link
  }
  return found
}

const trimmed = (text: string): string => text.replace(/^[ '"]+|[ '"]+$/g, '')
