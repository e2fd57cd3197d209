import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { acquireFileLock, type FileLock, isLock } from './file-lock.js'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-lock-'))
  path = join(folder, 'one.lock')
})
afterEach(() => rm(folder, { recursive: true }))

const acquired = async () => {
  const outcome = await acquireFileLock(path, { command: 'test' })
  if (!isLock(outcome)) throw new Error(`held by ${JSON.stringify(outcome)}`)
  return outcome
}

/** A pid that nobody has any more. */
const gone = () => spawnSync(process.execPath, ['-e', '']).pid

it('tells who has it, and what the holder noted, until it is released', async () => {
  const lock = await acquired()
  await lock.note({ port: 3000 })
  expect(await acquireFileLock(path)).toMatchObject({ pid: process.pid, command: 'test', port: 3000 })
  await lock.release()
  await (await acquired()).release()
  expect(await readdir(folder)).toEqual([])
})

it('is taken over from a process that is no more, by one of those who want it', async () => {
  await writeFile(path, JSON.stringify({ pid: gone(), started: '1' }))
  const outcomes = await Promise.all([1, 2, 3].map(() => acquireFileLock(path)))
  const locks = outcomes.filter((one): one is FileLock => isLock(one))
  expect(locks).toHaveLength(1)
  await locks[0]?.release()
})

it.each([
  ['before it wrote into the file', ''],
  ['while it was writing', '{"pid":'],
])('is taken over from a process that was killed %s', async (_, text) => {
  await writeFile(path, text)
  await (await acquired()).release()
})

it('is taken over where a process was killed that was taking it over', async () => {
  await writeFile(path, JSON.stringify({ pid: gone(), started: '1' }))
  await writeFile(`${path}.guard`, '')
  await (await acquired()).release()
  expect(await readdir(folder)).toEqual([])
}, 20_000)
