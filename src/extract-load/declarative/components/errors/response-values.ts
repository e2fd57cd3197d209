import { PyDict } from '../../../../jinja/index.js'
import type { HttpResponse, TemplateValues } from '../../component-contract.js'
import { splitUrl } from '../../http/split-url.js'

/** Headers as templates know them: their names in any letters. */
class HeaderValues extends PyDict {
  override get(key: unknown): unknown {
    return super.get(typeof key === 'string' ? key.toLowerCase() : key)
  }
  override has(key: unknown): boolean {
    return super.has(typeof key === 'string' ? key.toLowerCase() : key)
  }
}

export function headerValues(headers: ReadonlyMap<string, string>): PyDict {
  const values = new HeaderValues()
  for (const [name, value] of headers) values.set(name, value)
  return values
}

/** What filters and waits may ask of a response. A body that is no JSON is an empty object. */
export const responseValues = (response: HttpResponse): TemplateValues => ({
  response: response.json() ?? {},
  headers: headerValues(response.headers),
  request_url: withoutQuery(response.url),
})

/** Without what may prove who asks. */
function withoutQuery(url: string): string {
  const { scheme, netloc, path } = splitUrl(url)
  return `${scheme}://${netloc.slice(netloc.lastIndexOf('@') + 1)}${path}`
}

/** The same names where no response came. */
export const withoutResponse: TemplateValues = { response: {}, headers: {}, request_url: '' }
