import { describe, expect, it } from 'vitest'
import { holdsToSchema, type SpecObject } from '../connector-spec.suite.js'
import { readColumn } from './columns.js'
import { readConfig, snowflakeConfigSchema, warehouseOptions } from './config.js'
import { snowflakeConnector } from './index.js'

const credentials = { auth_type: 'username/password', username: 'U', password: 'p' }
const base = { host: 'acme-prod.snowflakecomputing.com', database: 'D', credentials }

describe('spec', () => {
  holdsToSchema(snowflakeConnector.spec as unknown as SpecObject, snowflakeConfigSchema, base)
})

it('finds the account in its address, and asks another address as it is', () => {
  const options = (host: string) => warehouseOptions(readConfig({ ...base, host }, 'c.yaml'))
  expect(options('acme-prod.snowflakecomputing.com')).toMatchObject({ account: 'acme-prod' })
  expect(options('xy1.eu-central-1.snowflakecomputing.com')).not.toHaveProperty('host')
  expect(options('acme.privatelink.snowflakecomputing.com')).toMatchObject({ account: 'acme', protocol: 'https' })
  expect(options('http://127.0.0.1:8080')).toMatchObject({ host: '127.0.0.1', port: 8080, protocol: 'http' })
})

it('asks for the rows at and above a cursor in the type of its column', () => {
  const column = (type: string, kind: 'integer' | 'timestamptz' | 'text') =>
    readColumn({ name: 'C"', type, kind, isNullable: true, position: 1 })
  expect(column('NUMBER(38,0)', 'integer').rowsFrom('12')).toBe('where "C""" >= 12 or "C""" is null')
  expect(column('NUMBER(38,0)', 'integer').rowsFrom('1; drop')).toBe('')
  expect(column('TIMESTAMP_TZ(9)', 'timestamptz').rowsFrom('2024-01-01 10:00:00+00')).toBe(
    `where "C""" >= cast('2024-01-01 10:00:00+00:00' as TIMESTAMP_TZ(9)) or "C""" is null`,
  )
  expect(column('VARCHAR(16777216)', 'text').rowsFrom("a'\\")).toContain(String.raw`'a''\\'`)
})
