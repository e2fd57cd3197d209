import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { JinjaEnvironment } from '../../../src/jinja/index.js'
import { context, golden } from './golden.js'

/** What a rendering says: its text, or the error with its place. */
function outcome(environment: JinjaEnvironment, source: string, how: 'renderSync' | 'evaluateSync'): unknown {
  try {
    return environment.compile({ name: 'case', source })[how](context())
  } catch (error) {
    const { code, message, at } = error as { code: string; message: string; at: unknown }
    return { code, message, at }
  }
}

// A template is interpreted the first times it is rendered without waiting, and compiled when it is rendered again.
it.each(['renderSync', 'evaluateSync'] as const)('%s says the same when a template is interpreted and compiled', (how) => {
  const shown = (value: unknown) => (typeof value === 'object' ? inspect(value, { depth: 5 }) : String(value))
  for (const { template } of golden.cases) {
    const environment = new JinjaEnvironment()
    const [first, ...others] = Array.from({ length: 5 }, () => outcome(environment, template, how))
    for (const other of others) expect(shown(other), template).toBe(shown(first))
  }
})
