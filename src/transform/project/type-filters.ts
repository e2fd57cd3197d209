import { type FilterDefinition, filter, isNumber, literalEval, runtimeError, str } from '../../jinja/index.js'

/** A text that stays one, though it may look like a number. */
export class PlainText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  pythonStr(): string {
    return this.text
  }
}

const toNative = (value: unknown) => {
  if (typeof value !== 'string') return value
  return /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : (literalEval(value) ?? value)
}

function only(type: 'bool' | 'number', fits: (value: unknown) => boolean) {
  return filter([], (value: unknown) => {
    const native = toNative(value)
    if (fits(native)) return native
    throw runtimeError(`Could not convert value '${str(value)}' into type '${type}'`)
  })
}

const isList = filter([], (value: unknown) => Array.isArray(value))
const unchanged = filter([], (value: unknown) => value)

/** dbt's filters of types in YAML, where a value keeps its type. */
export const typeFilters: Readonly<Record<string, FilterDefinition>> = {
  as_text: filter([], (value: unknown) => new PlainText(str(value))),
  as_native: filter([], toNative),
  as_bool: only('bool', (value) => typeof value === 'boolean'),
  as_number: only('number', (value) => isNumber(value) && typeof value !== 'boolean'),
  is_list: isList,
}

/** The same where everything becomes text: in SQL they change nothing. */
export const textTypeFilters: Readonly<Record<string, FilterDefinition>> = {
  as_text: unchanged,
  as_native: unchanged,
  as_bool: unchanged,
  as_number: unchanged,
  is_list: isList,
}
