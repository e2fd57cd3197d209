import { describe, expect, it } from 'vitest'
import { secretSettings, stars } from '../../../../test/support/secret-settings.js'
import { forgetSecrets, redact, registerSecret } from '../../../base/index.js'
import { changedSettings } from './changed-settings.js'
import { shownSettings } from './shown-settings.js'

const { spec, written } = secretSettings
const shown = shownSettings(spec, written)
const at = ['source', 'config']

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
    expect(seen).toEqual({ api_key: stars, password: stars, pin: stars, host: 'a-${H}' })
    expect(changedSettings(spec, { config: seen, isPartial: false }, parts, at)).toEqual(parts)
    // In a text as well, as that of what changes.
    expect(redact('live_4f9a-eu, hunter2, a-${PIN}; a-b ${DB_PASSWORD}')).toBe(
      `${stars}eu, ${stars}, ${stars}; a-b \${DB_PASSWORD}`,
    )
    forgetSecrets()
  })

  it('show no secret of somebody else either, and take it back as it is written', () => {
    registerSecret('db.internal')
    const other = { host: 'db.internal', port: 1 }
    expect(shownSettings({}, other)).toEqual({ host: stars, port: 1 })
    expect(changedSettings({}, { config: { host: stars, port: 2 }, isPartial: false }, other, at)).toEqual({
      host: 'db.internal',
      port: 2,
    })
    forgetSecrets()
  })
})
