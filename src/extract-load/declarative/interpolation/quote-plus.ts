import { runtimeError } from '../../../jinja/index.js'
import { quotePlus as quoted } from '../http/python-quote.js'

/** Python's `urllib.parse.quote_plus`, which takes no half surrogate pair. */
export function quotePlus(text: string): string {
  if (/[\ud800-\udfff]/.test(text) && !isWellFormed(text))
    throw runtimeError("UnicodeEncodeError: 'utf-8' codec can't encode surrogates")
  return quoted(text)
}

const isWellFormed = (text: string) =>
  !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text)
