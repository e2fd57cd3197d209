import { parsePythonValues } from '../../base/index.js'
import { float, PyFloat } from '../../jinja/index.js'

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

/** Puts Python's numbers in the place of those that a number of JavaScript is not, where templates may see them. */
export function keepWrittenNumbers(value: unknown, text: string): void {
  if (!oddNumber.test(text)) return
  keep(value, parsePythonValues(text, { float }), false)
}

function keep(value: unknown, exact: unknown, isShown: boolean): void {
  if (!isContainer(value) || !isContainer(exact)) return
  for (const key of Object.keys(value)) {
    const written = exact[key]
    if (written instanceof PyFloat || typeof written === 'bigint') {
      if (isShown) value[key] = written
    } else keep(value[key], written, (isShown || shownKeys.has(key)) && !readKeys.has(key))
  }
}

const isContainer = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object'
