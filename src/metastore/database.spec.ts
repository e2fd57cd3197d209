import { expect, it } from 'vitest'
import { unreachable } from './database.js'

const told = (message: string, code?: string) =>
  unreachable(Object.assign(new Error(message), code ? { code } : {})).code

it('tells what is wrong with the address from what may pass by', () => {
  expect(told('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED')).toBe('METASTORE_UNREACHABLE')
  expect(told('password authentication failed', '28P01')).toBe('METASTORE_REFUSED')
  // What PgBouncer says.
  expect(told('unsupported startup parameter: options', '08P01')).toBe('METASTORE_SCHEMA_IGNORED')
})
