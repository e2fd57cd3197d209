import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forgetSecrets, redact } from '../../base/index.js'
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
  removeSecret: async (name, sealed) => {
    const before = kept.length
    kept = kept.filter((one) => one.name !== name || (sealed !== undefined && one.sealed !== sealed))
    return kept.length < before
  },
  connectionEnds: async () => ({ ends: [], joined: [] }),
}

const secretsOf = (env: Record<string, string> = {}, openStore = async () => store) =>
  new StoredSecrets({
    project: { stateDir: join(dir, 'state'), extractLoadDir: join(dir, 'el'), metastoreUrl: 'postgres://db/m' },
    env,
    openStore: async () => {
      opened++
      return openStore()
    },
  })

const write = (name: string, password: string) =>
  writeFileSync(
    join(dir, 'el', `${name}.yaml`),
    `# \${IN_A_COMMENT}\nname: ${name}\nsource: { connector: mysql, config: { password: '${password}' } }\n`,
  )

describe('the secrets of files', () => {
  it('opens no store where the environment, or a default, has all that connections name', async () => {
    write('shop', '${SHOP_PASSWORD}')
    write('crm', '${CRM_PASSWORD:-none}')
    const secrets = secretsOf({ SHOP_PASSWORD: 'from outside' })
    expect((await secrets.forFiles()).env).toEqual({ SHOP_PASSWORD: 'from outside' })
    expect([await secrets.hasNews(), opened]).toEqual([false, 0])
  })

  it('gives what is kept, masked wherever it is printed, after the environment; and tells when it is another', async () => {
    write('shop', '${SHOP_PASSWORD}')
    write('crm', '${CRM_PASSWORD}')
    const secrets = secretsOf({ CRM_PASSWORD: 'from outside' })
    await secrets.set('SHOP_PASSWORD', 'over the hills', 'ada')
    await secrets.set('CRM_PASSWORD', 'far away', 'ada')
    forgetSecrets()
    expect((await secrets.forFiles()).env).toEqual({ CRM_PASSWORD: 'from outside', SHOP_PASSWORD: 'over the hills' })
    expect(redact('it is over the hills')).toBe('it is **********')
    expect(JSON.stringify(kept)).not.toMatch(/hills|away/)
    expect(await secrets.hasNews()).toBe(false)
    await secretsOf().set('SHOP_PASSWORD', 'another one', 'eve')
    expect(await secrets.hasNews()).toBe(true)
    expect(await secrets.list()).toMatchObject([
      { name: 'CRM_PASSWORD', status: 'overridden', usedBy: [{ kind: 'connection', name: 'crm' }] },
      { name: 'SHOP_PASSWORD', status: 'set', updatedBy: 'eve', usedBy: [{ kind: 'connection', name: 'shop' }] },
    ])
  })

  it('says of each what cannot be read, and what to do, and gives the others', async () => {
    write('shop', '${SHOP_PASSWORD}${SHOP_TOKEN}${SHOP_KEY}')
    const key = (letter: string) => ({ MILLRACE_ENCRYPTION_KEY: letter.repeat(32) })
    await secretsOf(key('a')).set('SHOP_PASSWORD', 'over the hills', undefined)
    await secretsOf(key('b')).set('SHOP_TOKEN', 'far away', undefined)
    const secrets = secretsOf(key('b'))
    const { env, unreadable } = await secrets.forFiles()
    expect(env).toMatchObject({ SHOP_TOKEN: 'far away' })
    expect([...(unreadable ?? [])]).toEqual([
      [
        'SHOP_PASSWORD',
        {
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
    expect((await secrets.forFiles()).unreadable?.get('SHOP_PASSWORD')?.message).toContain('no answer')
    expect(await secrets.hasNews()).toBe(false)
    isAway = false
    expect(await secrets.hasNews()).toBe(true)
    expect((await secrets.forFiles()).unreadable?.size).toBe(0)
    await secrets.set('SHOP_PASSWORD', 'over the hills', undefined)
    await secrets.forFiles()
    isAway = true
    write('crm', '${CRM_PASSWORD}')
    const { env, unreadable } = await secrets.forFiles()
    expect([env.SHOP_PASSWORD, [...(unreadable?.keys() ?? [])]]).toEqual(['over the hills', ['CRM_PASSWORD']])
  })
})

describe('secrets that are kept for a file', () => {
  const failing = async () => {
    throw new Error('the disk is full')
  }

  it('are as they were before where it is not written', async () => {
    const secrets = secretsOf()
    await secrets.set('OLD', 'the former value', 'ada')
    const known = await secrets.all()
    const both = new Map([
      ['OLD', 'another value'],
      ['NEW', 'a new value'],
    ])
    await expect(secrets.keepFor(both, { known, by: 'eve' }, failing)).rejects.toThrow('the disk is full')
    expect((await secrets.all()).env).toEqual({ OLD: 'the former value' })
    await secrets.keepFor(both, { known, by: 'eve' }, async () => {})
    expect((await secrets.all()).env).toEqual({ OLD: 'another value', NEW: 'a new value' })
  })

  it('take the place of none that somebody else kept meanwhile', async () => {
    const secrets = secretsOf()
    const known = await secrets.all()
    await secretsOf().set('NEW', "somebody's", 'ada')
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
      await expect(secrets.set(name, value, undefined)).rejects.toMatchObject({ code: 'SECRET_INVALID' })
    await expect(secrets.remove('GOOD')).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' })
    expect(kept).toEqual([])
  })
})
