import { parsePythonValues } from '../../base/index.js'
import { float, PyDict, PyFloat } from '../../jinja/index.js'
import { PyDateTime } from '../../python/index.js'
import { readPythonYaml } from '../python/values.js'

/** Below these keys stand values that templates print: `1.0` is no `1` there, and no digit of a long number is lost. */
const shownKeys: ReadonlySet<string> = new Set([
  ...['vars', 'meta', '+meta', 'tests', 'data_tests'],
  // Of unit tests.
  ...['rows', 'overrides'],
])
/** What stands below these is read by dbt itself, which takes either. */
const readKeys: ReadonlySet<string> = new Set(['config'])

/**
 * A whole number that is written as a fraction, or has more digits than a number holds, roughly; a text may look like it,
 * which costs a second reading and nothing else.
 */
const oddNumber = /(?:^|[\s,:[{-])[-+]?(?:\d+(?:\.0*(?:[eE]|(?=[\s,\]}]|$))|[eE])|\d[\d_]{15})/m

/** Dates are such values only of variables: what else a template sees of a file, dbt has rendered, and then a date is a text. */
const date = /\d{4}-\d\d?-\d\d?/

/** A mapping of variables may have keys that are no texts. */
const numberedKey = /(?:^|[\s{,'"])\d+['"]?\s*:/m

/** Puts Python's numbers, dates and mappings in the place of what stands for them in JavaScript, where templates may see them. */
export function keepPythonValues(value: unknown, text: string): void {
  const hasOddVars = isContainer(value) && 'vars' in value && (date.test(text) || numberedKey.test(text))
  if (!hasOddVars && !oddNumber.test(text)) return
  const exact = hasOddVars ? readPythonYaml(text) : parsePythonValues(text, { float })
  keep(value, exact, { isTop: true, isShown: false, isVar: false })
}

interface Place {
  /** Of the file. */
  readonly isTop: boolean
  readonly isShown: boolean
  /** Below the `vars` of a project. */
  readonly isVar: boolean
}

function keep(value: unknown, exact: unknown, { isTop, isShown, isVar }: Place): void {
  if (!isContainer(value) || !isContainer(exact)) return
  for (const key of Object.keys(value)) {
    const written = exact[key]
    if (written instanceof PyDateTime || written instanceof PyDict) {
      if (isVar) value[key] = written
    } else if (written instanceof PyFloat || typeof written === 'bigint') {
      if (isShown) value[key] = written
    } else
      keep(value[key], written, {
        isShown: (isShown || shownKeys.has(key)) && !readKeys.has(key),
        isTop: false,
        isVar: isVar || (isTop && key === 'vars'),
      })
  }
}

const isContainer = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object'
