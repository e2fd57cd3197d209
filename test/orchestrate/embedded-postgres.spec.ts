import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import {
  type EmbeddedPostgres,
  reachableDataDir,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/metastore/index.js'
import { hasStore } from '../../src/platform/project/state-folder.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-store-'))
  // As root PostgreSQL runs as nobody, who must be able to come here.
  await chmod(dir, 0o755)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const dataDir = () => join(dir, 'postgres')
const accessFile = () => join(dir, 'postgres.access.json')
const start = (options = {}) => startEmbeddedPostgres({ dataDir: dataDir(), logger: silentLogger, ...options })

async function ask({ url }: Pick<EmbeddedPostgres, 'url'>, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** A store that holds something, and that nobody uses. */
async function keptStore(): Promise<void> {
  const server = await start()
  try {
    await ask(server, 'create table kept as select 1 as one')
  } finally {
    await server.stop()
  }
}

/** What it holds, by who starts it now. */
async function keptIn(options = {}): Promise<unknown> {
  const server = await start(options)
  try {
    return await ask(server, 'select one from kept')
  } finally {
    await server.stop()
  }
}

it('a server is found where it listens, also when somebody who was killed has written down another port', async () => {
  const first = await start()
  try {
    const access = JSON.parse(await readFile(accessFile(), 'utf8'))
    await writeFile(accessFile(), JSON.stringify({ ...access, port: 1 }))
    const second = await start()
    expect([second.pid, second.url]).toEqual([first.pid, first.url])
    expect(JSON.parse(await readFile(accessFile(), 'utf8'))).toEqual(access)
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

describe('a store whose password is gone', () => {
  it('is given a new one, and keeps what it holds, where the file is missing, cut off or changed', async () => {
    await keptStore()
    const said: string[] = []
    const logger = { ...silentLogger, warn: (message: string) => void said.push(message) }
    for (const text of [undefined, '', '{"port":54', '{"port":"5432"}']) {
      await rm(accessFile())
      if (text !== undefined) await writeFile(accessFile(), text)
      expect(await keptIn({ logger })).toEqual([{ one: 1 }])
    }
    expect(said.map((one) => one.includes(accessFile()))).toEqual([true, true, true, true])
    // It is kept as the first one was.
    expect(await keptIn({ logger })).toEqual([{ one: 1 }])
    expect([said.length, (await stat(accessFile())).mode & 0o777]).toEqual([4, 0o600])
    expect((await readdir(dir)).sort()).toEqual(['postgres', 'postgres.access.json', 'postgres.log'])
  })

  it('is given a new one after its server was killed as well', async () => {
    const server = await start()
    await ask(server, 'create table kept as select 1 as one')
    process.kill(server.pid, 'SIGKILL')
    await rm(accessFile())
    expect(await keptIn()).toEqual([{ one: 1 }])
  })

  it('is left alone where the file cannot be read', async () => {
    await keptStore()
    await rm(accessFile())
    await mkdir(accessFile())
    const error = await start().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'METASTORE_FOLDER_UNUSABLE' })
    for (const path of [dataDir(), accessFile()]) expect((error as Error).message).toContain(path)
    expect(await readdir(dataDir())).toContain('PG_VERSION')
  })

  it('is left alone where PostgreSQL cannot open it either', async () => {
    await mkdir(dataDir())
    await writeFile(join(dataDir(), 'PG_VERSION'), 'cut off')
    const error = await start().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'METASTORE_FOLDER_UNUSABLE' })
    for (const path of [dataDir(), accessFile()]) expect((error as Error).message).toContain(path)
    expect(await readdir(dataDir())).toContain('PG_VERSION')
  })

  it('is left alone while a server runs there, and is opened again once that has ended', async () => {
    const server = await start()
    try {
      await ask(server, 'create table kept as select 1 as one')
      await rm(accessFile())
      const error = await start().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'METASTORE_FOLDER_UNUSABLE' })
      for (const path of [dataDir(), accessFile()]) expect((error as Error).message).toContain(path)
      expect(await ask(server, 'select one from kept')).toEqual([{ one: 1 }])
    } finally {
      await server.stop()
    }
    expect(await keptIn()).toEqual([{ one: 1 }])
  })

  it('has the one of before where somebody watches over it', async () => {
    const server = await start()
    const ended = new AbortController()
    try {
      await rm(accessFile())
      const watching = server.keepAlive(ended.signal)
      const { pid } = server
      process.kill(pid, 'SIGKILL')
      await expect.poll(() => server.pid, { timeout: 30_000 }).not.toBe(pid)
      expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }])
      ended.abort()
      await watching
      expect((await start()).pid).toBe(server.pid)
    } finally {
      ended.abort()
      await server.stop()
    }
  })
})

it('what is left of a start that was cut off is no store', async () => {
  await mkdir(join(dir, 'postgres.new'))
  for (const folder of ['postgres', 'postgres.new']) {
    await mkdir(join(dir, folder), { recursive: true })
    await writeFile(join(dir, folder, 'half'), '')
  }
  const server = await start()
  await server.stop()
  expect(await readdir(dataDir())).not.toContain('half')
  expect(await readdir(dir)).not.toContain('postgres.new')
})

describe.runIf(process.getuid?.() === 0)('under root', () => {
  it('a store stays where it is when the folders above it are opened', async () => {
    await chmod(dir, 0o700)
    try {
      await keptStore()
      const elsewhere = reachableDataDir(dataDir())
      expect(elsewhere).not.toBe(dataDir())
      await chmod(dir, 0o755)
      expect(await keptIn()).toEqual([{ one: 1 }])
      expect(await readdir(dir)).toEqual([])
      expect(await hasStore({ stateDir: dir, metastoreUrl: undefined })).toBe(true)
      await removeEmbeddedPostgres(dataDir())
      expect(reachableDataDir(dataDir())).toBe(dataDir())
    } finally {
      await removeEmbeddedPostgres(dataDir())
    }
  })

  it('no empty store is made beside one whose folders were closed', async () => {
    await keptStore()
    await chmod(dir, 0o700)
    const error = await start().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'METASTORE_FOLDER_UNUSABLE' })
    for (const path of [dataDir(), dir, '/var/tmp/millrace-']) expect((error as Error).message).toContain(path)
    await chmod(dir, 0o755)
    expect(await keptIn()).toEqual([{ one: 1 }])
  })
})
