import { expect, it } from 'vitest'
import { addConnectorSchema } from './connectors.js'

it('a cursor whose place in an answer nobody says is refused: the whole answer is none', () => {
  const issues = (cursorPath?: string[]) =>
    addConnectorSchema
      .safeParse({ from: { choices: { url: 'x', stream: 's', path: '/', pagination: 'cursor', cursorPath } } })
      .error?.issues.flatMap((issue) => (issue.code === 'invalid_union' ? issue.errors.flat() : [issue]))
      .map(({ message }) => message)
  expect(issues()).toContain('must say where in an answer the next cursor is')
  expect(issues([])).toContain('must say where in an answer the next cursor is')
  expect(issues(['meta', 'next'])).toBeUndefined()
})
