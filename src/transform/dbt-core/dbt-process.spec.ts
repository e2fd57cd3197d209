import { expect, it } from 'vitest'
import { runProcess } from './dbt-process.js'

it('ends with dbt, though what it left behind, in a group of its own, holds its output open', async () => {
  const told: string[] = []
  const program = `
    const { spawn } = require('node:child_process')
    const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit', detached: true })
    process.stdout.write(left.pid + '\\n', () => process.exit(3))`
  const ended = await runProcess(
    { file: process.execPath, args: ['-e', program] },
    {
      cwd: '.',
      env: {},
      mark: 'spec',
      stdout: (line) => told.push(line),
      stderr: (line) => told.push(line),
    },
  )
  process.kill(Number(told[0]))
  expect(ended).toEqual({ code: 3, signal: null })
  expect(told[1]).toContain('still holds its output open')
})
