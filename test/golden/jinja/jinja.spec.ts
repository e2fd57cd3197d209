import { describe, expect, test } from 'vitest'
import { JinjaEnvironment } from '../../../src/jinja/index.js'
import { type Case, context, golden } from './golden.js'

interface Failure {
  readonly code: string
  readonly message: string
  readonly at?: { readonly line?: number }
}

const groups = [...new Set(golden.cases.map(({ group }) => group))]

const codes: Readonly<Record<string, RegExp>> = {
  syntax: /^JINJA_SYNTAX$/,
  undefined: /^JINJA_UNDEFINED$/,
  TypeError: /^JINJA_(TYPE|RUNTIME)$/,
}
const codeOf = (error: string) => codes[error] ?? /^JINJA_(RUNTIME|TYPE|SYNTAX)$/

/**
 * Where our words differ on purpose: Python tells the names of Jinja's own functions and counts their hidden arguments,
 * and it reports some mistakes of the template as mistakes of the code that it was compiled to.
 */
const ownWords = new RegExp(
  [
    String.raw`^(?:\w+\.)?\w+\(\) (?:takes (?:from|\d+ positional|exactly one argument \(2)|missing|got an unexpected)`,
    '^Joiner',
    '^maximum recursion depth exceeded',
    'special caller argument',
    'Context.call\\(\\)',
    '^macro None',
    // Of what Decimals cannot do, Python names the class only.
    String.raw`^\[<class 'decimal\.`,
    '^(?:keyword argument repeated|duplicate argument|.* outside loop|.* not properly in loop)',
    '^missing \\), unterminated subpattern',
  ].join('|'),
)

function compiled({ options = {}, template }: Case) {
  const environment = new JinjaEnvironment({
    trimBlocks: options.trim_blocks,
    lstripBlocks: options.lstrip_blocks,
    keepTrailingNewline: options.keep_trailing_newline,
  })
  return environment.compile({ name: 'case', source: template })
}

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
      if (one.error === 'syntax' || ownWords.test(one.message ?? '')) return
      // We may say more than Python behind what it says.
      const message = failure.message.replace(/^[\w.]*(?:Error|Exception): /, '')
      expect(message.slice(0, one.message?.length)).toBe(one.message)
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
