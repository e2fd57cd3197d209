import { expect, it } from 'vitest'
import { patiently, unreachable } from './unreachable.js'

const told = (message: string, code?: string) =>
  unreachable(Object.assign(new Error(message), code ? { code } : {})).code

it('tells what is wrong with the address from what may pass by', () => {
  expect(told('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED')).toBe('METASTORE_UNREACHABLE')
  expect(told('password authentication failed', '28P01')).toBe('METASTORE_REFUSED')
  // What PgBouncer says.
  expect(told('unsupported startup parameter: options', '08P01')).toBe('METASTORE_SCHEMA_IGNORED')
})

it.each([
  ['53100', 'has no room on its disk: no', 'Free room on the disk'],
  ['53200', 'is out of memory: no', 'more memory'],
  ['53300', 'takes no more connections: no', 'max_connections'],
  ['55P03', 'waited in vain for a lock: no', 'lock_timeout'],
  ['57014', 'broke off a statement: no', 'statement_timeout'],
])('says of a server that answers %s what is true, and what helps', (code, message, hint) => {
  const { hint: given, ...error } = unreachable(Object.assign(new Error('no'), { code })).toJSON()
  expect(error).toMatchObject({ code: 'METASTORE_UNREACHABLE', message: `The metadata store ${message}` })
  expect(given).toContain(hint)
  expect(given).not.toContain('that the server runs')
})

it('tells so of a statement at once, and leaves what is wrong with the statement itself as it is', async () => {
  const attempt = (code: string) => patiently(60_000, () => Promise.reject(Object.assign(new Error('no'), { code })))
  for (const code of ['53100', '53200', '55P03', '57014'])
    await expect(attempt(code)).rejects.toMatchObject({ code: 'METASTORE_UNREACHABLE' })
  await expect(attempt('23505')).rejects.toMatchObject({ code: '23505' })
})
