import { expect, it } from 'vitest'
import { invocationFailed, requireVersion, withoutTraceback } from './failures.js'
import { readLogLine } from './log-line.js'

it('what Python says of itself is left out, its last words stay', () => {
  const said =
    'Encountered an error:\n\n  Traceback (most recent call last):\n    File "x.py", line 1, in f\n      f()\nOSError: no room'
  expect(withoutTraceback(said)).toBe('Encountered an error:\n\nOSError: no room')
})

it('how dbt ended says who has to act', () => {
  const words = { errors: [], tail: ['out of cheese'], isDbt: true }
  expect(invocationFailed('dbt build', { code: 2, signal: null }, words)).toMatchObject({
    code: 'TRANSFORM_DBT_FAILED',
    retryable: false,
    message: expect.stringContaining('out of cheese'),
  })
  for (const exit of [
    { code: null, signal: 'SIGKILL' as const },
    { code: 137, signal: null },
  ])
    expect(invocationFailed('dbt build', exit, words)).toMatchObject({ code: 'TRANSFORM_DBT_DIED', retryable: true })
})

it('versions from 1.8 on are taken', () => {
  for (const version of ['1.8.0', '1.12.6', '2.0.0-preview.1']) expect(() => requireVersion(version)).not.toThrow()
  for (const version of ['1.7.19', '0.21.1']) expect(() => requireVersion(version)).toThrow(`dbt ${version} is too old`)
})

it('the version of a dbt of another age is read too, and what is no event is none', () => {
  const old = { code: 'A001', data: { v: '=1.3.0' }, level: 'info', msg: 'Running with dbt=1.3.0' }
  expect(readLogLine(JSON.stringify(old))).toMatchObject({ name: 'MainReportVersion', version: '1.3.0' })
  for (const line of ['', 'warning: x', '{"half":', '{}', '[1]']) expect(readLogLine(line)).toBeUndefined()
})
