import { describe, expect, it } from 'vitest'
import type { Run, RunEvent } from '../../orchestrate/index.js'
import { LinePrinter } from './line-printer.js'

const at = '2026-01-01T00:00:00.000Z'
const stepCounts = {
  pending: 0,
  waiting: 0,
  running: 0,
  retrying: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
}
const run = (counts: Partial<typeof stepCounts>, status = 'failed') =>
  ({ id: 'r-12345678', status, stepCounts: { ...stepCounts, ...counts } }) as unknown as Run
const broken = {
  code: 'WAREHOUSE_SQL',
  kind: 'user',
  retryable: false,
  message: 'No column "origin".\n\nCandidate bindings: "start"',
  at: { file: 'models/a.sql', line: 2, column: 8 },
  frame: '  1 | select\n> 2 |   origin',
  hint: 'Did you mean "start"?',
} as const

function printed(events: readonly object[], ended: Run, verbose = false): string[] {
  const lines: string[] = []
  const printer = new LinePrinter({ verbose, print: (line) => lines.push(line) })
  for (const event of events) printer.event({ id: 1, runId: 'r', at, ...event } as RunEvent)
  printer.end(ended)
  return lines
}
const failed = { type: 'step_failed', step: 'dbt:model.shop.a', error: broken }
const skipped = (step: string, message: string) => ({ type: 'step_skipped', step: `dbt:model.shop.${step}`, message })

describe('a run in lines', () => {
  it('an error over several lines is indented as one block', () => {
    const lines = printed([failed], run({ failed: 1 }))
    expect(lines.slice(1, 8)).toEqual([
      '  error No column "origin". (WAREHOUSE_SQL)',
      '',
      '    Candidate bindings: "start"',
      '    at models/a.sql:2:8',
      '    1 | select',
      '  > 2 |   origin',
      '    hint Did you mean "start"?',
    ])
    expect(lines.filter((line) => line.includes('\n'))).toEqual([])
  })

  it('what was skipped is one line a reason, and the first error stands at the end', () => {
    const many = Array.from({ length: 9 }, (_, i) => skipped(`c${i}`, `upstream main/b${i} was skipped`))
    const lines = printed(
      [failed, skipped('b', 'upstream main/a failed'), ...many, { ...failed, step: 'dbt:model.shop.z' }],
      run({ failed: 2, skipped: 10 }),
    )
    expect(lines.filter((line) => line.includes('skipped:'))).toEqual([
      '- 1 skipped: upstream main/a failed  model b',
      '- 9 skipped: what they need was skipped  model c0, model c1, model c2 and 6 more',
    ])
    expect(lines.slice(-3)).toEqual([
      'Run r-12345678 failed: 0 steps done, 2 failed, 10 skipped.',
      '  failed model a: No column "origin". (models/a.sql:2:8) (the first of 2 failures)',
      '  Run again what did not succeed: millrace runs rerun 12345678 --from-failure',
    ])
  })

  it('why a stream failed is said once for each attempt', () => {
    const step = 'sync:shop'
    const why = 'The answer was cut off.'
    const error = { ...broken, message: why, at: undefined, frame: undefined }
    const attempt = [
      { type: 'step_started', step },
      { type: 'asset_failed', step, asset: 'raw/orders', message: why },
    ]
    const retrying = { type: 'step_retrying', step, message: `Trying again in 10 s (attempt 1 failed): ${why}`, error }
    const lines = printed([...attempt, retrying, ...attempt, { type: 'step_failed', step, error }], run({ failed: 1 }))
    expect(lines.map((line) => line.replace(/ 0\.0 s$/, ''))).toEqual([
      '  raw/orders: The answer was cut off.',
      'Trying again in 10 s (attempt 1 failed)',
      '  raw/orders: The answer was cut off.',
      '✗ sync shop',
      '  error The answer was cut off. (WAREHOUSE_SQL)',
      '    hint Did you mean "start"?',
      'Run r-12345678 failed: 0 steps done, 1 failed, 0 skipped.',
      '  Run again what did not succeed: millrace runs rerun 12345678 --from-failure',
    ])
  })

  it('--verbose lists every skipped step', () => {
    const lines = printed([skipped('b', 'upstream main/a failed')], run({ skipped: 1 }), true)
    expect(lines[0]).toBe('- model b  upstream main/a failed')
    expect(lines.join('\n')).not.toContain('skipped:')
  })

  it('one step is a step', () => {
    expect(printed([], run({ succeeded: 1 }, 'succeeded'))).toEqual([
      'Run r-12345678 succeeded: 1 step done, 0 failed, 0 skipped.',
    ])
  })
})
