import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { acquireFileLock, type FileLock } from '../../base/index.js'
import { withStoreLock } from './store-lock.js'

let dir: string
let held: FileLock
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-lock-'))
  held = (await acquireFileLock(join(dir, 'lock'))) as FileLock
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const lock = (patienceMs: number, signal?: AbortSignal) =>
  withStoreLock(join(dir, 'lock'), { patienceMs, signal }, async () => 'done')

it('tells who holds it for too long, and how they go on', async () => {
  const error = await lock(50).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'METASTORE_START_FAILED' })
  expect(String((error as Error).message)).toContain(`Process ${process.pid} `)
  expect((error as { hint?: string }).hint).toContain(`kill -CONT ${process.pid}`)
})

it('is waited for until it is free, or nobody wants it any more', async () => {
  const nobody = new AbortController()
  const given = lock(600_000, nobody.signal)
  const waiting = lock(600_000)
  nobody.abort()
  await expect(given).rejects.toMatchObject({ name: 'AbortError' })
  await held.release()
  expect(await waiting).toBe('done')
})
