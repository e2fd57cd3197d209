import { spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import { startEmbeddedPostgres } from '../../src/metastore/index.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-store-'))
  // As root PostgreSQL runs as nobody, who must be able to come here.
  await chmod(dir, 0o755)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const start = () => startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), logger: silentLogger })

it('a server is found where it listens, also when somebody who was killed has written down another port', async () => {
  const first = await start()
  try {
    const file = join(dir, 'postgres.access.json')
    const access = JSON.parse(await readFile(file, 'utf8'))
    await writeFile(file, JSON.stringify({ ...access, port: 1 }))
    const second = await start()
    expect([second.pid, second.url]).toEqual([first.pid, first.url])
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(access)
  } finally {
    await first.stop()
  }
})

it('a server that was killed does not keep the next one out when another process has its number by now', async () => {
  const first = await start()
  process.kill(first.pid, 'SIGKILL')
  // Of another user's process PostgreSQL knows that it is no server.
  const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const other = spawn('sleep', ['600'], { stdio: 'ignore', ...owner })
  try {
    const file = join(dir, 'postgres/postmaster.pid')
    const lines = (await readFile(file, 'utf8')).split('\n')
    await writeFile(file, [other.pid, ...lines.slice(1)].join('\n'))
    const second = await start()
    expect(second.pid).not.toBe(first.pid)
    await second.stop()
    expect(other.exitCode).toBeNull()
  } finally {
    other.kill('SIGKILL')
  }
})
