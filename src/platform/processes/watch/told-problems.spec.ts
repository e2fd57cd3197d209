import { expect, it } from 'vitest'
import type { ErrorJson } from '../../../base/index.js'
import { ToldProblems } from './told-problems.js'

const problem = (message: string, line?: number): ErrorJson => ({
  code: 'X',
  kind: 'user',
  retryable: false,
  message,
  ...(line === undefined ? {} : { at: { file: 'orchestration/definitions.ts', line } }),
})

it('tells each problem once with its place and first line, and when it is mended', () => {
  const lines: string[] = []
  const told = new ToldProblems({
    info: (message) => lines.push(`info ${message}`),
    warn: (message) => lines.push(`warn ${message}`),
    error: (message) => lines.push(`error ${message}`),
  })
  const after = (...problems: ErrorJson[]) => {
    told.tell({ problems })
    return lines.splice(0)
  }
  expect(after()).toEqual([])
  expect(after(problem('no such name\nmore', 3))).toEqual(['error orchestration/definitions.ts:3: no such name'])
  expect(after(problem('no such name\nmore', 3), problem('a circle'))).toEqual(['error a circle'])
  expect(after(problem('a circle'))).toEqual(['info Mended: orchestration/definitions.ts:3: no such name'])
  expect(after()).toEqual(['info Mended: a circle', 'info The project can be read as a whole again.'])
  // What keeps nothing from running.
  told.tell({ problems: [], warnings: [problem('a server is away')] })
  told.tell({ problems: [], warnings: [problem('a server is away')] })
  told.tell({ problems: [] })
  expect(lines).toEqual(['warn a server is away', 'info No longer so: a server is away'])
})
