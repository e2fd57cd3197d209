import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { expect, it } from 'vitest'
import { isProcessGone, processName } from './process.js'

/** A pid that nobody has: of a process that has ended. */
const gone = () => spawnSync(process.execPath, ['--version']).pid
const named = (pid: number) => processName().replace(/\d+$/, String(pid))

it('a process is gone where its pid was given by the same system, and nobody has it', () => {
  expect(isProcessGone(processName())).toBe(false)
  expect(isProcessGone(named(gone()))).toBe(true)
})

it('of another machine, another boot, another container and an older Millrace nobody knows', () => {
  const pid = gone()
  const [host, numbering] = processName().split(':')
  expect(host).toBe(hostname())
  expect(isProcessGone(`elsewhere:${numbering}:${pid}`)).toBe(false)
  expect(isProcessGone(`${host}:00000000:${pid}`)).toBe(false)
  expect(isProcessGone(`${host}:${pid}`)).toBe(false)
  expect(isProcessGone('millrace-run-1-1')).toBe(false)
})
