import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { forgetSecrets, redact, silentLogger } from '../../base/index.js'
import type { SealedSecret, SecretStore } from '../../orchestrate/index.js'
import { StoredSecrets } from './stored-secrets.js'

let dir: string
let kept: SealedSecret[]
let opened: number
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'secrets-'))
  mkdirSync(join(dir, 'el'))
  kept = []
  opened = 0
})
afterEach(() => {
  rmSync(dir, { recursive: true })
  forgetSecrets()
})

/** A store in memory; the one on PostgreSQL is held to the same by test/orchestrate/store.spec.ts. */
const store: SecretStore & { connectionEnds: () => Promise<{ ends: never[]; joined: never[] }> } = {
  secrets: async () => kept,
  secretsVersion: async () => kept.map(({ name, sealed }) => name + sealed).join(),
  keepSecrets: async (secrets) => {
    const taken = secrets.filter((one) => !one.mayReplace && kept.some(({ name }) => name === one.name))
    if (taken.length > 0) return taken.map(({ name }) => name)
    for (const { name, sealed, updatedBy } of secrets)
      kept = [
        ...kept.filter((one) => one.name !== name),
        { name, sealed, updatedBy, updatedAt: '2026-01-01T00:00:00Z' },
      ]
    return []
  },
  removeSecret: async (name) => {
    const before = kept.length
    kept = kept.filter((one) => one.name !== name)
    return kept.length < before
  },
  takeBackSecrets: async (secrets) => {
    kept = kept.flatMap((one) => {
      const own = secrets.find(({ name, sealed }) => name === one.name && sealed === one.sealed)
      return own ? (own.former ?? []) : one
    })
  },
  connectionEnds: async () => ({ ends: [], joined: [] }),
}

const secretsOf = (env: Record<string, string> = {}, openStore = async () => store, machine = 'state') =>
  new StoredSecrets({
    project: { stateDir: join(dir, machine), extractLoadDir: join(dir, 'el'), metastoreUrl: 'postgres://db/m' },
    env,
    logger: silentLogger,
    openStore: async () => {
      opened++
      return openStore()
    },
  })

const set = (secrets: StoredSecrets, name: string, value: string, by?: string) =>
  secrets.set(new Map([[name, value]]), by)

const write = (name: string, password: string) =>
  writeFileSync(
    join(dir, 'el', `${name}.yaml`),
    `# \${IN_A_COMMENT}\nname: ${name}\nsource: { connector: mysql, config: { password: '${password}' } }\n`,
  )

describe('the secrets of files', () => {
  it('opens no store where the environment has all that connections name', async () => {
    write('shop', '${SHOP_PASSWORD}')
    const secrets = secretsOf({ SHOP_PASSWORD: 'from outside' })
    const given = await secrets.forFiles()
    expect(given.variables.env).toEqual({ SHOP_PASSWORD: 'from outside' })
    expect([await secrets.hasNews(given), opened]).toEqual([false, 0])
  })

  it('goes before a default, which is not missing without', async () => {
    write('crm', '${CRM_PASSWORD:-none}')
    expect(await secretsOf().list()).toEqual([])
    await set(secretsOf(), 'CRM_PASSWORD', 'over the hills')
    expect((await secretsOf().forFiles()).variables.env).toEqual({ CRM_PASSWORD: 'over the hills' })
    expect(await secretsOf().list()).toMatchObject([{ status: 'set', usedBy: [{ name: 'crm' }] }])
  })

  it('gives what is kept, masked wherever it is printed, after the environment; and tells when it is another', async () => {
    write('shop', '${SHOP_PASSWORD}')
    write('crm', '${CRM_PASSWORD}')
    const secrets = secretsOf({ CRM_PASSWORD: 'from outside' })
    await set(secrets, 'SHOP_PASSWORD', 'over the hills', 'ada')
    await set(secrets, 'CRM_PASSWORD', 'far away', 'ada')
    forgetSecrets()
    const given = await secrets.forFiles()
    expect(given.variables.env).toEqual({ CRM_PASSWORD: 'from outside', SHOP_PASSWORD: 'over the hills' })
    expect(redact('it is over the hills')).toBe('it is **********')
    expect(JSON.stringify(kept)).not.toMatch(/hills|away/)
    expect(await secrets.hasNews(given)).toBe(false)
    await set(secretsOf(), 'SHOP_PASSWORD', 'another one', 'eve')
    // Who looks for something else meanwhile takes no news from whoever reads the project.
    await secrets.forFiles()
    expect(await secrets.hasNews(given)).toBe(true)
    expect(await secrets.list()).toMatchObject([
      { name: 'CRM_PASSWORD', status: 'overridden', usedBy: [{ kind: 'connection', name: 'crm' }] },
      { name: 'SHOP_PASSWORD', status: 'set', updatedBy: 'eve', usedBy: [{ kind: 'connection', name: 'shop' }] },
    ])
  })

  it('says of each what cannot be read, and what to do, and gives the others', async () => {
    write('shop', '${SHOP_PASSWORD}${SHOP_TOKEN}${SHOP_KEY}')
    const key = (letter: string) => ({ MILLRACE_ENCRYPTION_KEY: letter.repeat(32) })
    await set(secretsOf(key('a')), 'SHOP_PASSWORD', 'over the hills')
    await set(secretsOf(key('b')), 'SHOP_TOKEN', 'far away')
    const secrets = secretsOf(key('b'))
    const { env, unreadable } = (await secrets.forFiles()).variables
    expect(env).toMatchObject({ SHOP_TOKEN: 'far away' })
    expect([...(unreadable ?? [])]).toEqual([
      [
        'SHOP_PASSWORD',
        {
          reason: 'key',
          message: expect.stringContaining('The secret SHOP_PASSWORD cannot be read here'),
          hint: expect.stringContaining('millrace secrets set SHOP_PASSWORD'),
        },
      ],
    ])
    expect((await secrets.list()).map(({ name, status }) => [name, status])).toEqual([
      ['SHOP_KEY', 'missing'],
      ['SHOP_PASSWORD', 'unreadable'],
      ['SHOP_TOKEN', 'set'],
    ])
  })

  it('says why where the store is away, and looks again', async () => {
    write('shop', '${SHOP_PASSWORD}')
    let isAway = true
    const secrets = secretsOf({}, async () => {
      if (isAway) throw new Error('no answer')
      return store
    })
    const given = await secrets.forFiles()
    const why = given.variables.unreadable?.get('SHOP_PASSWORD')
    expect(why).toMatchObject({ reason: 'away', message: expect.stringContaining('no answer') })
    expect(await secrets.hasNews(given)).toBe(false)
    isAway = false
    expect(await secrets.hasNews(given)).toBe(true)
    expect((await secrets.forFiles()).variables.unreadable?.size).toBe(0)
    await set(secrets, 'SHOP_PASSWORD', 'over the hills')
    await secrets.forFiles()
    isAway = true
    write('crm', '${CRM_PASSWORD}')
    const { env, unreadable } = (await secrets.forFiles()).variables
    expect([env.SHOP_PASSWORD, [...(unreadable?.keys() ?? [])]]).toEqual(['over the hills', ['CRM_PASSWORD']])
  })
})

it('a store that never answers holds up nobody who asks for news, and is asked once', async () => {
  vi.useFakeTimers()
  try {
    const secrets = secretsOf({}, () => new Promise(() => {}))
    const first = secrets.hasNews({ version: 'x' })
    await vi.advanceTimersByTimeAsync(500)
    expect([await first, await secrets.hasNews({ version: 'x' }), opened]).toEqual([false, false, 1])
  } finally {
    vi.useRealTimers()
  }
})

describe('the key', () => {
  const shared = { MILLRACE_ENCRYPTION_KEY: 'a'.repeat(32) }

  it('of one machine alone is told of where the store is one for several, and keeps nothing beside what has another', async () => {
    expect(await set(secretsOf(), 'A', 'over the hills')).toEqual({ warning: expect.stringContaining('A can be read') })
    expect(await set(secretsOf(), 'B', 'far away')).toHaveProperty('warning')
    const other = secretsOf({}, undefined, 'another machine')
    expect((await other.list()).map(({ status }) => status)).toEqual(['unreadable', 'unreadable'])
    // To look makes no key.
    expect(existsSync(join(dir, 'another machine'))).toBe(false)
    const refused = { code: 'SECRET_KEY_DIFFERS', message: expect.stringContaining('it cannot read A') }
    await expect(set(other, 'B', 'x')).rejects.toMatchObject(refused)
    const known = await other.forNaming()
    await expect(other.keepFor(new Map([['C', 'x']]), { known, by: undefined }, failing)).rejects.toMatchObject({
      code: 'SECRET_KEY_DIFFERS',
    })
    expect(await set(secretsOf(shared), 'C', 'for all')).toEqual({})
    expect((await secretsOf(shared).all()).stored).toEqual(new Set(['A', 'B', 'C']))
  })

  it('of the environment is enough where the file of another cannot be read', async () => {
    await set(secretsOf(shared), 'A', 'over the hills')
    mkdirSync(join(dir, 'state', 'encryption.key'), { recursive: true })
    expect((await secretsOf(shared).all()).env.A).toBe('over the hills')
    expect((await secretsOf().all()).unreadable?.get('A')?.message).toContain('EISDIR')
  })
})

const failing = async () => {
  throw new Error('the disk is full')
}

describe('secrets that are kept for a file', () => {
  it('are as they were before where it is not written', async () => {
    const secrets = secretsOf()
    await set(secrets, 'OLD', 'the former value', 'ada')
    const known = await secrets.all()
    const both = new Map([
      ['OLD', 'another value'],
      ['NEW', 'a new value'],
    ])
    await expect(secrets.keepFor(both, { known, by: 'eve' }, failing)).rejects.toThrow('the disk is full')
    expect((await secrets.all()).env).toEqual({ OLD: 'the former value' })
    expect(kept).toMatchObject([{ name: 'OLD', updatedBy: 'ada' }])
    await secrets.keepFor(both, { known, by: 'eve' }, async () => {})
    expect((await secrets.all()).env).toEqual({ OLD: 'another value', NEW: 'a new value' })
  })

  it('take the place of none that somebody else kept meanwhile', async () => {
    const secrets = secretsOf()
    const known = await secrets.all()
    await set(secretsOf(), 'NEW', "somebody's", 'ada')
    const work = secrets.keepFor(new Map([['NEW', 'a new value']]), { known, by: 'eve' }, failing)
    await expect(work).rejects.toMatchObject({ code: 'SECRET_TAKEN' })
    expect((await secrets.all()).env).toEqual({ NEW: "somebody's" })
  })

  it('refuses names that no file can name, and what is no secret', async () => {
    const secrets = secretsOf()
    for (const [name, value] of [
      ['no good', 'x'],
      ['1ST', 'x'],
      ['GOOD', ''],
      ['GOOD', 'x'.repeat(100_001)],
    ] as const)
      await expect(set(secrets, name, value)).rejects.toMatchObject({ code: 'SECRET_INVALID' })
    await expect(secrets.remove('GOOD')).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' })
    expect(kept).toEqual([])
  })
})
