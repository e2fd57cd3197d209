import { expect, it } from 'vitest'
import { readYaml, redact } from '../../base/index.js'
import { airbyteSchema } from './airbyte-schema.js'
import { airbyteServers } from './airbyte-settings.js'

const read = (settings: string) => {
  const document = readYaml(`airbyte:\n  prod: { url: 'http://airbyte:8000/', ${settings} }\n`, 'millrace.yaml')
  const { airbyte } = document.value as { airbyte: unknown }
  return airbyteServers(airbyteSchema.parse(airbyte), document)[0]
}

it('have defaults', () => {
  expect(read('')).toMatchObject({
    name: 'prod',
    url: 'http://airbyte:8000',
    credentials: { type: 'none' },
    refreshMs: 300_000,
    pollMs: 10_000,
    patienceMs: 900_000,
    at: { file: 'millrace.yaml', line: 2 },
  })
})

it('sign in one way, and what is secret of it is masked from then on', () => {
  expect(read('client_id: a, client_secret: secret-one')?.credentials.type).toBe('application')
  expect(read('username: a, password: secret-two')?.credentials.type).toBe('basic')
  expect(read('token: secret-three')?.credentials.type).toBe('token')
  expect(redact('secret-one secret-two secret-three')).not.toContain('secret')
})

it('take schedules by name', () => {
  const schedules = read(
    "schedules: { Shop: { cron: '0 6 * * *' }, CRM: { cron: ['0 5 * * *'], timezone: Europe/Berlin } }",
  )
  expect([...(schedules?.schedules ?? [])]).toEqual([
    ['Shop', { cron: '0 6 * * *', timezone: 'UTC' }],
    ['CRM', { cron: ['0 5 * * *'], timezone: 'Europe/Berlin' }],
  ])
})

it.each([
  ['client_id: a', '`client_secret` is missing in `airbyte.prod`.'],
  ['password: b', '`username` is missing in `airbyte.prod`.'],
  ['token: a, username: b, password: c', '`airbyte.prod` signs in twice: with `username` and with `token`.'],
  ['poll_interval: soon', '`airbyte.prod.poll_interval: soon` is not a duration.'],
  ['refresh_interval: 0s', '`airbyte.prod.refresh_interval: 0s` is not a duration.'],
])('%s is refused with its place', (settings, message) => {
  expect(() => read(settings)).toThrow(
    expect.objectContaining({ code: 'PROJECT_INVALID', message, at: expect.objectContaining({ line: 2 }) }),
  )
})

it.each(['http://me:secret@airbyte:8000', 'http://me@airbyte:8000', 'airbyte', 'airbyte:8000'])(
  '%s is no address',
  (url) => {
    const { error } = airbyteSchema.safeParse({ prod: { url } })
    expect(error?.issues.map(({ path }) => path)).toEqual([['prod', 'url']])
    expect(error?.message).not.toContain('secret')
  },
)
