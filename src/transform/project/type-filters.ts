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

const fits: Readonly<Record<string, (value: unknown) => boolean>> = {
  bool: (value) => typeof value === 'boolean',
  number: (value) => isNumber(value) && typeof value !== 'boolean',
}

/** What is of another type goes on as it is: `x == 'a' | as_bool` asks of the text `a`. */
const as = (type: string) =>
  filter([], (value: unknown) => {
    const native = toNative(value)
    return fits[type]?.(native) ? native : value
  })

/** Holds the value of a whole template to the type of its last filter. @throws JINJA_RUNTIME */
export function checkType(source: string, value: unknown): void {
  const type = /\|\s*as_(bool|number)\s*-?\}\}\s*$/.exec(source)?.[1]
  if (type !== undefined && !fits[type]?.(value))
    throw runtimeError(`Could not convert value '${str(value)}' into type '${type}'`)
}

const isList = filter([], (value: unknown) => Array.isArray(value))
const unchanged = filter([], (value: unknown) => value)

/** dbt's filters of types in YAML, where a value keeps its type. */
export const typeFilters: Readonly<Record<string, FilterDefinition>> = {
  as_text: filter([], (value: unknown) => new PlainText(str(value))),
  as_native: filter([], toNative),
  as_bool: as('bool'),
  as_number: as('number'),
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
