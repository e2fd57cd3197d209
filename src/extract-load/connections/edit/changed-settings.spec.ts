import { expect, it } from 'vitest'
import { changedSettings } from './changed-settings.js'

const before = {
  host: 'a',
  password: '${DB_PASSWORD}',
  tunnel: { method: 'KEY', key: '${KEY}' },
  places: [{ id: 1, token: '${T}' }],
}

it('goes into what is there, at whatever depth', () => {
  const config = { host: 'b', tunnel: { user: 'me' } }
  expect(changedSettings({ config, isPartial: true }, before)).toEqual({
    ...before,
    host: 'b',
    tunnel: { method: 'KEY', key: '${KEY}', user: 'me' },
  })
})

it('takes the place of what is there, but for what is only stars', () => {
  const config = {
    host: 'b',
    password: '**********',
    tunnel: { method: 'KEY', key: '*****' },
    places: [{ id: 2, token: '***' }],
  }
  expect(changedSettings({ config, isPartial: false }, before)).toEqual({
    host: 'b',
    password: '${DB_PASSWORD}',
    tunnel: { method: 'KEY', key: '${KEY}' },
    places: [{ id: 2, token: '${T}' }],
  })
  expect(changedSettings({ config: { token: '***' }, isPartial: false }, before)).toEqual({ token: undefined })
})
