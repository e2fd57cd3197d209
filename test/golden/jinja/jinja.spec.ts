import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { JinjaEnvironment, PyDict } from '../../../src/jinja/index.js'

/** What the real Jinja2 made of the templates in cases.txt; `scripts/golden/jinja.py` records it. */
interface Golden {
  readonly oracle: string
  readonly context: Readonly<Record<string, unknown>>
  readonly cases: readonly Case[]
}

interface Case {
  readonly group: string
  readonly options?: { readonly trim_blocks?: boolean; lstrip_blocks?: boolean; keep_trailing_newline?: boolean }
  readonly template: string
  readonly output?: string
  /** `syntax`, `undefined` or the name of a Python exception. */
  readonly error?: string
  readonly line?: number
}

interface Failure {
  readonly code: string
  readonly at?: { readonly line?: number }
}

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'results.json'), 'utf8')) as Golden
const groups = [...new Set(golden.cases.map(({ group }) => group))]

const codes: Readonly<Record<string, RegExp>> = {
  syntax: /^JINJA_SYNTAX$/,
  undefined: /^JINJA_UNDEFINED$/,
  TypeError: /^JINJA_(TYPE|RUNTIME)$/,
}
const codeOf = (error: string) => codes[error] ?? /^JINJA_(RUNTIME|TYPE|SYNTAX)$/

/** JSON as Python values: a dict is a dict, not an object. */
function python(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(python)
  if (value === null || typeof value !== 'object') return value
  return PyDict.from(Object.entries(value).map(([key, item]) => [key, python(item)] as const))
}

function compiled({ options = {}, template }: Case) {
  const environment = new JinjaEnvironment({
    trimBlocks: options.trim_blocks,
    lstripBlocks: options.lstrip_blocks,
    keepTrailingNewline: options.keep_trailing_newline,
  })
  return environment.compile({ name: 'case', source: template })
}
const context = () => python(golden.context) as PyDict

describe(golden.oracle, () => {
  describe.each(groups)('%s', (group) => {
    const cases = golden.cases.filter((one) => one.group === group)
    test.each(cases.map((one) => [one.template, one] as const))('%s', async (_, one) => {
      if (one.error === undefined) {
        expect(compiled(one).renderSync(context())).toBe(one.output)
        expect(await compiled(one).render(context())).toBe(one.output)
        return
      }
      const failure = failureOf(() => compiled(one).renderSync(context()))
      expect(failure.code).toMatch(codeOf(one.error))
      expect(failure.at?.line).toBe(one.line ?? failure.at?.line)
      expect(failure.at?.line).toBeGreaterThan(0)
    })
  })
})

function failureOf(render: () => string): Failure {
  let text: string
  try {
    text = render()
  } catch (error) {
    return error as Failure
  }
  throw new Error(`It did not fail but rendered ${JSON.stringify(text)}.`)
}
