import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isProcessAlive, systemClock } from '../../base/index.js'
import { ProcessLauncher } from './process-launcher.js'

it('a run worker that does not end when it is asked to has ended once it was terminated', async () => {
  const logDir = await mkdtemp(join(tmpdir(), 'millrace-process-launcher-'))
  const pidFile = join(logDir, 'pid')
  const code = `
    process.on('SIGTERM', () => {})
    setInterval(() => {}, 1000)
    require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid))`
  const launcher = new ProcessLauncher({
    project: 'shop',
    clock: systemClock,
    env: process.env,
    metastoreUrl: 'postgresql://127.0.0.1/shop',
    ownCommand: [process.execPath, '-e', code, '--'],
    logDir,
  })
  Object.assign(launcher, { graceMs: 50 })
  try {
    await launcher.launch({ name: 'millrace-run-1-1', runId: 'run-1', token: 1 })
    await expect.poll(() => readFile(pidFile, 'utf8').catch(() => '')).not.toBe('')
    await launcher.terminate('millrace-run-1-1')
    expect(isProcessAlive(Number(await readFile(pidFile, 'utf8')))).toBe(false)
    expect(await launcher.state('millrace-run-1-1')).toEqual({ status: 'unknown' })
  } finally {
    await rm(logDir, { recursive: true })
  }
})
