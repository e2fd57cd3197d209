import { describe, expect, it } from 'vitest'
import { forgetSecrets, redact, registerSecret } from '../../../base/index.js'
import { settingsFromForm, shownSettings } from './shown-settings.js'

const secret = { airbyte_secret: true }
const spec = {
  properties: {
    password: secret,
    pin: secret,
    tokens: { items: { properties: { token: secret } } },
    tunnel: { oneOf: [{ properties: { key: secret } }] },
  },
}
const written = {
  host: 'db',
  password: '${DB_PASSWORD}',
  pin: 4711,
  tokens: [
    { name: 'a', token: 'first-secret' },
    { name: 'b', token: '${B}' },
  ],
  tunnel: { key: 'line one' },
  url: 'https://me:open-sesame@example.org/',
  api_key: 'called-like-one',
}
const shown = shownSettings(spec, written)

describe('settings for a form', () => {
  it('name variables, and show no secret, whatever it stands in', () => {
    expect(shown).toMatchObject({ host: 'db', password: '${DB_PASSWORD}', tokens: [{ name: 'a' }, { token: '${B}' }] })
    expect(JSON.stringify(shown)).not.toMatch(/4711|first-secret|line one|open-sesame|called-like-one/)
  })

  it('show nothing of a secret that is written beside a variable, or as its default', () => {
    const parts = {
      api_key: 'live_4f9a-${REGION}',
      password: '${DB_PASSWORD:-hunter2}',
      pin: 'a-${PIN}',
      host: 'a-${H}',
    }
    const seen = shownSettings(spec, parts)
    const stars = '**********'
    expect(seen).toEqual({ api_key: stars, password: stars, pin: stars, host: 'a-${H}' })
    expect(settingsFromForm(spec, seen, parts)).toEqual(parts)
    // In a text as well, as that of what changes.
    expect(redact('live_4f9a-eu, hunter2, a-${PIN}; a-b ${DB_PASSWORD}')).toBe(
      `${stars}eu, ${stars}, ${stars}; a-b \${DB_PASSWORD}`,
    )
    forgetSecrets()
  })

  it('show no secret of somebody else either, and take it back as it is written', () => {
    registerSecret('db.internal')
    const other = { host: 'db.internal', port: 1 }
    expect(shownSettings({}, other)).toEqual({ host: '**********', port: 1 })
    expect(settingsFromForm({}, { host: '**********', port: 2 }, other)).toEqual({ host: 'db.internal', port: 2 })
    forgetSecrets()
  })

  it('come back as they are written, but for what was changed', () => {
    expect(settingsFromForm(spec, shown, written)).toEqual(written)
    expect(settingsFromForm(spec, { ...shown, host: 'db2', password: 'new' }, written)).toEqual({
      ...written,
      host: 'db2',
      password: 'new',
    })
    expect(settingsFromForm(spec, { host: 'db' }, written)).toEqual({ host: 'db' })
  })

  it('keep the secret of an entry of a list where others come and go', () => {
    const [a, b] = shown.tokens as readonly object[]
    const tokens = (sent: unknown) => settingsFromForm(spec, { ...shown, tokens: sent }, written).tokens
    expect(tokens([b, a])).toEqual([written.tokens[1], written.tokens[0]])
    expect(tokens([a])).toEqual([written.tokens[0]])
    expect(tokens([{ ...a, name: 'c' }, b])).toEqual([{ name: 'c', token: 'first-secret' }, written.tokens[1]])
    expect(() => tokens([{ ...a, name: 'c' }])).toThrow(expect.objectContaining({ code: 'CONNECTION_INVALID' }))
  })

  it('are refused where something was changed around a secret', () => {
    const moved = String(shown.url).replace('example.org', 'evil.example')
    expect(() => settingsFromForm(spec, { ...shown, url: moved }, written)).toThrow(
      expect.objectContaining({ code: 'CONNECTION_INVALID', data: { path: ['source', 'config', 'url'] } }),
    )
  })
})
