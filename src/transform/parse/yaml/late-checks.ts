import { holdsJinja } from '../../context/holds-jinja.js'
import * as checks from '../../value-checks.js'

/** What a template makes is not known yet: entries are looked at as they are written. */
export const late =
  (check: checks.Check): checks.Check =>
  (value) =>
    typeof value === 'string' && holdsJinja(value) ? undefined : check(value)

export const { text } = checks
export const maybeText = checks.optional(text)
export const boolean = late(checks.boolean)
export const maybeBoolean = checks.optional(boolean)
export const integer = late(checks.integer)
export const number = late(checks.number)
export const mapping = late(checks.mapping)
/** The number of a version, or its name. */
export const version = checks.anyOf(checks.number, text)

export const optional = checks.optional
export const anyOf = (...all: readonly checks.Check[]) => late(checks.anyOf(...all))
export const oneOf = (...values: readonly string[]) => late(checks.oneOf(...values))
export const listOf = (check: checks.Check, example: string) => late(checks.listOf(check, example))
export const withKeys = (all: checks.Checks, required?: readonly string[]) => late(checks.withKeys(all, required))
export const only = (all: checks.Checks, required?: readonly string[]) => late(checks.only(all, required))

export const texts = (example: string) => listOf(text, example)
