import { expect, it } from 'vitest'
import type { RunEvent } from '../../orchestrate/index.js'
import { logLine } from './log-line.js'

const event = (more: Partial<RunEvent>): RunEvent => ({
  id: 1,
  runId: 'r',
  at: '2026-01-01T00:00:00.000Z',
  type: 'log',
  ...more,
})

it('names the partitions that were made', () => {
  expect(logLine(event({ type: 'asset_materialized', step: 'ts:a', asset: 'a', partitions: '2026-01-01' }))).toMatch(
    /ts:a · asset_materialized · a for 2026-01-01$/,
  )
})

it('says where a step failed, once', () => {
  const error = {
    code: 'X',
    kind: 'user' as const,
    retryable: false,
    message: 'no',
    at: { file: 'd.ts', line: 3, column: 7 },
  }
  const failed = { level: 'error' as const, step: 'ts:a', message: 'no', error }
  expect(logLine(event({ ...failed, type: 'step_failed' }))).toMatch(/ts:a · step_failed · no · d\.ts:3:7$/)
  expect(logLine(event({ ...failed, type: 'asset_failed' }))).toMatch(/ts:a · asset_failed · no$/)
})
