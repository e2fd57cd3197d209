import { createContext, Script } from 'node:vm'
import { runtimeError } from '../../../jinja/index.js'

/** A group that is repeated: in such a pattern the ways to match a text may be more than there is time for. */
const repeatedGroup = /\)[*+{]/
/** In a longer text even a pattern without one may take too long. */
const longText = 10_000
const mostMs = 1000

const script = new Script('work()')
const surroundings: { work: (() => unknown) | undefined } = { work: undefined }
let context: object | undefined

/** Runs what a pattern of a manifest does with a text, and ends it when it takes too long. @throws JINJA_RUNTIME */
export function withinTime<T>(pattern: unknown, text: unknown, work: () => T): T {
  const isHarmless =
    typeof pattern !== 'string' || typeof text !== 'string' || (!repeatedGroup.test(pattern) && text.length < longText)
  if (isHarmless) return work()
  context ??= createContext(surroundings)
  surroundings.work = work
  try {
    return script.runInContext(context, { timeout: mostMs }) as T
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw runtimeError(`the pattern \`${pattern}\` takes too long for a text of ${text.length} signs`)
  } finally {
    surroundings.work = undefined
  }
}
