import { describe, expect, it } from 'vitest'
import { secretSettings, stars } from '../../../../test/support/secret-settings.js'
import { changedSettings } from './changed-settings.js'
import { shownSettings } from './shown-settings.js'

const refused = (path: readonly unknown[], message?: string) =>
  expect.objectContaining({
    code: 'CONNECTION_INVALID',
    data: { path: ['source', 'config', ...path] },
    ...(message ? { message: expect.stringContaining(message) } : {}),
  })

describe('settings of a client', () => {
  const written = {
    host: 'a',
    password: '${DB_PASSWORD}',
    tunnel: { method: 'KEY', key: '${KEY}' },
    places: [{ id: 1, token: '${T}' }],
  }
  const changed = (config: Readonly<Record<string, unknown>>, isPartial = false, before: unknown = written) =>
    changedSettings({}, { config, isPartial }, before, ['source', 'config'])

  it('go into what is there, at whatever depth', () => {
    const config = { host: 'b', tunnel: { user: 'me' } }
    expect(changed(config, true)).toEqual({
      ...written,
      host: 'b',
      tunnel: { method: 'KEY', key: '${KEY}', user: 'me' },
    })
  })

  it('take the place of what is there, but for what is only stars', () => {
    const config = {
      host: 'b',
      password: stars,
      tunnel: { method: 'KEY', key: '*****' },
      places: [{ id: 2, token: '***' }],
    }
    expect(changed(config)).toEqual({
      host: 'b',
      password: '${DB_PASSWORD}',
      tunnel: { method: 'KEY', key: '${KEY}' },
      places: [{ id: 2, token: '${T}' }],
    })
  })

  it.each([false, true])('are refused where stars stand for nothing; partial: %s', (isPartial) => {
    expect(() => changed({ token: '***' }, isPartial)).toThrow(refused(['token'], 'nothing but stars'))
    expect(() => changed({ tunnel: { passphrase: stars } }, isPartial)).toThrow(refused(['tunnel', 'passphrase']))
    expect(() => changed({ password: stars }, isPartial, {})).toThrow(refused(['password']))
  })

  it('bring back a text in which a password is masked, and none around it', () => {
    const before = { url: 'postgres://me:open-sesame@db/shop', dsn: 'host=db password=open-sesame' }
    const shown = { url: `postgres://me:${stars}@db/shop`, dsn: `host=db password=${stars}` }
    expect(changed(shown, false, before)).toEqual(before)
    const moved = { ...shown, dsn: `host=evil password=${stars}` }
    expect(() => changed(moved, false, before)).toThrow(refused(['dsn'], 'around a secret'))
  })

  describe('in a list', () => {
    const hosts = [
      { name: 'a', password: '${A}' },
      { name: 'b', password: '${B}' },
      { name: 'c', password: '${C}' },
    ]
    const of = (...names: readonly string[]) => names.map((name) => ({ name, password: stars }))
    const now = (sent: readonly unknown[], isPartial = false) => changed({ hosts: sent }, isPartial, { hosts }).hosts

    it.each([false, true])('keep each its own secret, whatever goes, comes and moves; partial: %s', (isPartial) => {
      const [a, b, c] = hosts
      expect(now(of('b', 'c'), isPartial)).toEqual([b, c])
      expect(now(of('b'), isPartial)).toEqual([b])
      expect(now(of('c', 'a'), isPartial)).toEqual([c, a])
      expect(now([{ name: 'd', password: 'new' }, ...of('a', 'b', 'c')], isPartial)).toEqual([
        { name: 'd', password: 'new' },
        ...hosts,
      ])
      expect(now([...of('a'), { name: 'b', password: 'new' }, ...of('c')], isPartial)).toEqual([
        a,
        { name: 'b', password: 'new' },
        c,
      ])
      expect(now(of('a', 'renamed', 'c'), isPartial)).toEqual([a, { name: 'renamed', password: '${B}' }, c])
    })

    it('are refused the secret of another one', () => {
      expect(() => now(of('evil'))).toThrow(refused(['hosts', 0, 'password']))
      expect(() => now(of('a', 'b', 'c', 'evil'))).toThrow(refused(['hosts', 3, 'password']))
      // The place of `b`, which is where `c` was.
      expect(() => now(of('a', 'evil', 'b'))).toThrow(refused(['hosts', 1, 'password']))
      // Shown without its secret.
      expect(() => now([{ name: 'b' }, ...of('evil', 'c')])).toThrow(refused(['hosts', 1, 'password']))
    })

    it('are told apart by nothing but their order where they look alike: as long as none is gone', () => {
      const keys = ['${A}', '${B}']
      const taken = (sent: readonly unknown[]) => changed({ keys: sent }, false, { keys }).keys
      expect(taken([stars, stars])).toEqual(keys)
      expect(taken([stars, 'new', stars])).toEqual(['${A}', 'new', '${B}'])
      expect(() => taken([stars])).toThrow(refused(['keys', 0]))
      expect(() => taken([stars, stars, stars])).toThrow(refused(['keys', 2]))
    })
  })
})

describe('settings of a form', () => {
  const { spec, written } = secretSettings
  const shown = shownSettings(spec, written)
  const fromForm = (config: Readonly<Record<string, unknown>>) =>
    changedSettings(spec, { config, isPartial: false }, written, ['source', 'config'])

  it('come back as they are written, but for what was changed', () => {
    expect(fromForm(shown)).toEqual(written)
    expect(fromForm({ ...shown, host: 'db2', password: 'new' })).toEqual({ ...written, host: 'db2', password: 'new' })
    expect(fromForm({ host: 'db' })).toEqual({ host: 'db' })
  })

  it('keep the secret of an entry of a list where others come and go', () => {
    const [a, b] = shown.tokens as readonly object[]
    const tokens = (sent: unknown) => fromForm({ ...shown, tokens: sent }).tokens
    expect(tokens([b, a])).toEqual([written.tokens[1], written.tokens[0]])
    expect(tokens([a])).toEqual([written.tokens[0]])
    expect(tokens([{ ...a, name: 'c' }, b])).toEqual([{ name: 'c', token: 'first-secret' }, written.tokens[1]])
    expect(() => tokens([{ ...a, name: 'c' }])).toThrow(refused(['tokens', 0, 'token']))
  })

  it('are refused where something was changed around a secret', () => {
    const url = String(shown.url).replace('example.org', 'evil.example')
    expect(() => fromForm({ ...shown, url })).toThrow(refused(['url'], 'around a secret'))
  })
})
