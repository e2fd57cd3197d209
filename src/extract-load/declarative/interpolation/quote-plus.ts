import { runtimeError } from '../../../jinja/index.js'

/** Python's `urllib.parse.quote_plus`: a blank becomes `+`, and of all signs only `_.-~` stay. */
export function quotePlus(text: string): string {
  if (/[\ud800-\udfff]/.test(text) && !isWellFormed(text))
    throw runtimeError("UnicodeEncodeError: 'utf-8' codec can't encode surrogates")
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

const isWellFormed = (text: string) =>
  !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text)
