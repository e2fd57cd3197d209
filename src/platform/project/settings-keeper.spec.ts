import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { settingsKeeper } from './settings-keeper.js'

let stateDir: string
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'millrace-kept-'))
})
afterEach(() => rm(stateDir, { recursive: true, force: true }))

const file = (name: string) => join(stateDir, 'connector-settings', `${name}.json`)
const key = (letter: string) => ({ MILLRACE_ENCRYPTION_KEY: letter.repeat(32) })
const text = '{"refresh_token":"of-the-second-night","note":"schön"}'

it('keeps what connectors changed, and nothing of it in clear', async () => {
  const keeper = settingsKeeper({ stateDir }, {})
  expect(await keeper.read('shop')).toBeUndefined()
  await keeper.write('shop', text)
  expect(await keeper.read('shop')).toBe(text)
  expect(await readFile(file('shop'), 'utf8')).not.toContain('night')
  for (const path of [file('shop'), join(stateDir, 'encryption.key')])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
})

it('has one key, whoever comes first', async () => {
  const keepers = Array.from({ length: 8 }, () => settingsKeeper({ stateDir }, {}))
  await Promise.all(keepers.map((keeper, i) => keeper.write(`c${i}`, text)))
  for (const [i, keeper] of keepers.entries()) expect(await keeper.read(`c${(i + 1) % 8}`)).toBe(text)
})

it('reads what was written before anything was encrypted', async () => {
  await mkdir(join(stateDir, 'connector-settings'))
  await writeFile(file('shop'), text)
  expect(await settingsKeeper({ stateDir }, {}).read('shop')).toBe(text)
  await writeFile(file('shop'), text.slice(0, -8))
  await expect(settingsKeeper({ stateDir }, {}).read('shop')).rejects.toMatchObject({
    code: 'KEPT_SETTINGS_UNREADABLE',
  })
})

it('says so when the key is another one, the file was damaged, or is that of another connection', async () => {
  const keeper = settingsKeeper({ stateDir }, key('a'))
  await keeper.write('shop', text)
  expect(await settingsKeeper({ stateDir }, key('a')).read('shop')).toBe(text)
  const unreadable = { code: 'KEPT_SETTINGS_UNREADABLE', message: expect.stringContaining(file('shop')) }
  await expect(settingsKeeper({ stateDir }, key('b')).read('shop')).rejects.toMatchObject(unreadable)
  const sealed = await readFile(file('shop'), 'utf8')
  await writeFile(file('other'), sealed)
  await expect(keeper.read('other')).rejects.toMatchObject({ code: 'KEPT_SETTINGS_UNREADABLE' })
  await writeFile(file('shop'), sealed.slice(0, -8))
  await expect(keeper.read('shop')).rejects.toMatchObject(unreadable)
  await writeFile(file('shop'), sealed.slice(0, 20))
  await expect(keeper.read('shop')).rejects.toMatchObject(unreadable)
})

it('reads what was written before there was a key in the environment, and writes it with that key', async () => {
  await settingsKeeper({ stateDir }, {}).write('shop', text)
  const keeper = settingsKeeper({ stateDir }, key('a'))
  expect(await keeper.read('shop')).toBe(text)
  await keeper.write('shop', text)
  await expect(settingsKeeper({ stateDir }, {}).read('shop')).rejects.toMatchObject({
    code: 'KEPT_SETTINGS_UNREADABLE',
  })
})

it('refuses a key that can be guessed', async () => {
  const keeper = settingsKeeper({ stateDir }, { MILLRACE_ENCRYPTION_KEY: 'hunter2' })
  await expect(keeper.write('shop', text)).rejects.toMatchObject({ code: 'ENCRYPTION_KEY_SHORT' })
})

it('takes no key of a file that was emptied', async () => {
  await settingsKeeper({ stateDir }, {}).write('shop', text)
  await writeFile(join(stateDir, 'encryption.key'), '')
  await expect(settingsKeeper({ stateDir }, {}).read('shop')).rejects.toMatchObject({
    code: 'ENCRYPTION_KEY_SHORT',
    message: expect.stringContaining('encryption.key'),
  })
})
