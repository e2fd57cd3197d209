import { parsePythonYamlFloats, valueAt } from '../../base/index.js'
import { float, PyFloat } from '../../jinja/index.js'

/** Below these keys stand values that templates print: `1.0` is no `1` there. */
const shownKeys: ReadonlySet<string> = new Set(['vars', 'meta', '+meta', 'tests', 'data_tests'])
/** What stands below these is read by dbt itself, which takes either. */
const readKeys: ReadonlySet<string> = new Set(['config'])

/** A whole number that is written as a fraction, roughly; a text may look like it, which costs a second reading and nothing else. */
const wholeFraction = /(?:^|[\s,:[{-])[-+]?\d+(?:\.0*(?:[eE]|(?=[\s,\]}]|$))|[eE])/m

/** Puts Python's floats in the place of whole numbers that are written as fractions, where templates may see them. */
export function keepWrittenFloats(value: unknown, text: string): void {
  if (!wholeFraction.test(text)) return
  keep(value, parsePythonYamlFloats(text, float), false)
}

/** The same for parts of a value that was read from JSON. @param paths lead to them */
export function restoreFloats(value: unknown, text: string, paths: readonly (readonly string[])[]): void {
  // Most resources have nothing there.
  if (!paths.some((path) => holdsAnything(valueAt(value, path)))) return
  if (!wholeFraction.test(text)) return
  const exact = parsePythonYamlFloats(text, float)
  for (const path of paths) keep(valueAt(value, path), valueAt(exact, path), true)
}

function keep(value: unknown, exact: unknown, isShown: boolean): void {
  if (!isContainer(value) || !isContainer(exact)) return
  for (const key of Object.keys(value)) {
    const written = exact[key]
    if (written instanceof PyFloat) {
      if (isShown) value[key] = written
    } else keep(value[key], written, (isShown || shownKeys.has(key)) && !readKeys.has(key))
  }
}

const holdsAnything = (value: unknown) => isContainer(value) && Object.keys(value).length > 0

const isContainer = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object'
