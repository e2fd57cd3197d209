import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { sweep, temporaryFolder } from './temporary-folder.js'

it('is for its maker alone, and says whose it is', async () => {
  const folder = await temporaryFolder('test')
  onTestFinished(() => rmSync(folder, { recursive: true }))
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(basename(folder)).toMatch(new RegExp(`^millrace-test-${process.pid}-`))
})

it('what killed processes left goes, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-sweep-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { pid: ended } = spawnSync(process.execPath, ['--version'])
  const kept = [`millrace-records-${process.pid}-abcdef`, 'millrace-abcdef', `other-${ended}-abcdef`]
  for (const name of [...kept, `millrace-connector-${ended}-abcdef`])
    mkdirSync(join(folder, name, 'files'), { recursive: true })
  await sweep(folder)
  expect(readdirSync(folder).sort()).toEqual([...kept].sort())
})
