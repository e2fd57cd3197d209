import { type Expression, JinjaEnvironment, type Statement } from '../../../../jinja/index.js'

const environment = new JinjaEnvironment({})

/**
 * Whether a condition to stop at takes a page for the last one that is full, and only smaller than it was before pages were made smaller:
 * `last_page_size < 100`. Then the rest of a slice would be missing, and nothing would tell. What cannot be judged is taken for fine.
 */
export function takesSmallPageForLast(condition: string, leastSize: number): boolean {
  const [only, ...others] = statementsOf(condition)
  return only?.type === 'output' && others.length === 0 && isShortPageTest(only.value, leastSize)
}

function statementsOf(condition: string): readonly Statement[] {
  try {
    return environment.compile({ name: 'stop_condition', source: condition }).statements
  } catch {
    // Whoever evaluates it says what is wrong with it.
    return []
  }
}

function isShortPageTest(test: Expression, leastSize: number): boolean {
  if (test.type === 'logic') return [test.left, test.right].some((part) => isShortPageTest(part, leastSize))
  if (test.type !== 'compare') return false
  let left = test.first
  for (const { operator, operand: right } of test.rest) {
    const bound =
      operator === '<' || operator === '<='
        ? boundOf(left, right, operator === '<=')
        : operator === '>' || operator === '>='
          ? boundOf(right, left, operator === '>=')
          : undefined
    if (bound && !follows(bound.size, leastSize - (bound.isIncluded ? 1 : 0))) return true
    left = right
  }
  return false
}

const boundOf = (counted: Expression, size: Expression, isIncluded: boolean) =>
  counted.type === 'name' && counted.name === 'last_page_size' ? { size, isIncluded } : undefined

/** It is what was asked for, or less than any page that is. */
function follows(size: Expression, leastSize: number): boolean {
  if (size.type === 'filter') return follows(size.input, leastSize)
  if (size.type === 'literal') return Number(size.value) <= leastSize
  return size.type === 'name' && size.name === 'page_size'
}
