import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { JinjaEnvironment, PyDict } from '../../../src/jinja/index.js'

interface Golden {
  readonly context: Readonly<Record<string, unknown>>
  readonly cases: readonly { readonly template: string }[]
}
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'results.json'), 'utf8')) as Golden

function python(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(python)
  if (value === null || typeof value !== 'object') return value
  return PyDict.from(Object.entries(value).map(([key, item]) => [key, python(item)] as const))
}

/** What a rendering says: its text, or the error with its place. */
function outcome(environment: JinjaEnvironment, source: string, how: 'renderSync' | 'evaluateSync'): unknown {
  try {
    return environment.compile({ name: 'case', source })[how](python(golden.context) as PyDict)
  } catch (error) {
    const { code, message, at } = error as { code: string; message: string; at: unknown }
    return { code, message, at }
  }
}

// A template is interpreted the first times it is rendered without waiting, and compiled when it is rendered again.
it.each(['renderSync', 'evaluateSync'] as const)('%s says the same when a template is interpreted and compiled', (how) => {
  const shown = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
  for (const { template } of golden.cases) {
    const environment = new JinjaEnvironment()
    const [first, ...others] = Array.from({ length: 5 }, () => outcome(environment, template, how))
    for (const other of others) expect(shown(other), template).toBe(shown(first))
  }
})
