import { didYouMean } from '../base/index.js'
import { repr } from '../jinja/index.js'
import { isMapping, type Path } from './project/yaml-file.js'
import { toPython } from './python/values.js'

/** What is wrong with a value, in the words of dbt's schemas. */
export interface Problem {
  /** Leads to what is wrong, from the value that was checked. */
  readonly path: Path
  /** Leads to what is shown, where that is not the same: a key that is too many stands in what is wrong. */
  readonly place?: Path | undefined
  /** `'maybe' is not of type 'boolean'` */
  readonly text: string
  /** What to write instead, where there is something to say. */
  readonly hint?: string | undefined
}

export type Check = (value: unknown) => Problem | undefined
export type Checks = Readonly<Record<string, Check>>

/** Leads to what is to be shown. */
export const placeOf = ({ place, path }: Problem): Path => place ?? path

/** `at path ['docs']['show']: 'maybe' is not of type 'boolean'` */
export const problemText = ({ path, text }: Problem): string =>
  `at path ${path.map((key) => `[${repr(key)}]`).join('') || '[]'}: ${text}`

/** A problem of a part, as one of what holds it: paths are put together only where something is wrong. */
export const below = (key: string | number, { path, place, text, hint }: Problem): Problem => ({
  path: [key, ...path],
  ...(place && { place: [key, ...place] }),
  text,
  hint,
})

const wrong = (value: unknown, problem: string, hint?: string): Problem => ({
  path: [],
  // Of several things that a value may be, all but one fail: only what is told is put into words.
  get text() {
    return `${repr(toPython(value))} ${problem}`
  },
  hint,
})

export const ofType =
  (type: string, isGood: (value: unknown) => boolean, hint?: string): Check =>
  (value) =>
    isGood(value) ? undefined : wrong(value, `is not of type '${type}'`, hint)

export const boolean = ofType('boolean', (value) => typeof value === 'boolean', 'Write true or false.')
export const integer = ofType('integer', Number.isInteger, 'Write a whole number, without quotes.')
export const number = ofType('number', (value) => typeof value === 'number', 'Write a number, without quotes.')
export const text = ofType(
  'string',
  (value) => typeof value === 'string',
  'Write a text here, in quotes where YAML would read a number, a list or nothing; or leave the key out.',
)
export const mapping = ofType('object', isMapping, 'Write "key: value" here, or a line of it for each key below.')

/** What nobody looks at. */
export const anything: Check = () => undefined

/** The same check for several keys. */
export const keyed = (keys: readonly string[], check: Check): Checks =>
  Object.fromEntries(keys.map((key) => [key, check]))

export const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string)
      ? undefined
      : wrong(value, `is not one of ${repr([...values])}`, didYouMean(String(value), values))

export const optional =
  (check: Check): Check =>
  (value) =>
    value === null || value === undefined ? undefined : check(value)

export const anyOf =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value) === undefined)
      ? undefined
      : wrong(value, 'is not valid under any of the given schemas', checks[0]?.(value)?.hint)

/** @param example an item as it is written */
export const listOf =
  (check: Check, example: string): Check =>
  (value) => {
    if (!Array.isArray(value))
      return wrong(value, "is not of type 'array'", `Write a list: below it, a line "- ${example}" for each.`)
    for (const [i, item] of value.entries()) {
      const problem = check(item)
      if (problem) return below(i, problem)
    }
    return undefined
  }

export const withKeys =
  (checks: Checks, required: readonly string[] = []): Check =>
  (value) => {
    if (!isMapping(value)) return mapping(value)
    const missing = required.find((key) => !(key in value))
    if (missing !== undefined)
      return {
        path: [],
        text: `'${missing}' is a required property`,
        hint: `Write "${missing}: …" here; a key that belongs to it stands below it, as far to the right.`,
      }
    return firstProblem(value, checks)
  }

/** A mapping whose values are all of a kind. */
export const mappingOf =
  (check: Check): Check =>
  (value) =>
    isMapping(value) ? firstProblem(value, keyed(Object.keys(value), check)) : mapping(value)

/** The same as `withKeys`, and no keys but these. */
export const only = (checks: Checks, required: readonly string[] = []): Check => {
  const known = withKeys(checks, required)
  return (value) => (isMapping(value) ? unknownKey(value, checks) : undefined) ?? known(value)
}

function unknownKey(value: Readonly<Record<string, unknown>>, checks: Checks): Problem | undefined {
  const known = Object.keys(checks)
  const unknown = Object.keys(value).filter((key) => !known.includes(key))
  const [first] = unknown
  if (first === undefined) return undefined
  const names = unknown.map((key) => repr(key)).join(', ')
  return {
    path: [],
    place: [first],
    text: `Additional properties are not allowed (${names} ${unknown.length === 1 ? 'was' : 'were'} unexpected)`,
    hint: didYouMean(first, known) ?? 'Remove it.',
  }
}

/** What is wrong with the values of these keys, the first thing for each of them. */
export function problemsOf(values: Readonly<Record<string, unknown>>, checks: Checks): Problem[] {
  return Object.keys(checks).flatMap((key) => problemOf(key, values, checks) ?? [])
}

/** The same where one is enough: what stands behind it is not looked at. */
export function firstProblem(values: Readonly<Record<string, unknown>>, checks: Checks): Problem | undefined {
  for (const key in checks) {
    const problem = problemOf(key, values, checks)
    if (problem) return problem
  }
  return undefined
}

function problemOf(key: string, values: Readonly<Record<string, unknown>>, checks: Checks): Problem | undefined {
  const problem = key in values ? checks[key]?.(values[key]) : undefined
  return problem && below(key, problem)
}
