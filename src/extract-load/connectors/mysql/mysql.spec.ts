import { describe, expect, it } from 'vitest'
import { textAt } from '../../../warehouse/index.js'
import { holdsToSchema, type SpecObject } from '../connector-spec.suite.js'
import type { MysqlColumn } from './catalogue.js'
import { readColumn } from './columns.js'
import { mysqlConfigSchema, readConfig } from './config.js'
import { mysqlConnector } from './index.js'
import { connectError, sourceError } from './source-error.js'

describe('spec', () => {
  const spec = mysqlConnector.spec as unknown as SpecObject
  const base = { host: 'h', database: 'd', username: 'u' }
  holdsToSchema(spec, mysqlConfigSchema, base)
  it('asks for what there is no connection without', () => {
    expect(Object.keys(spec.properties.ssl_mode?.properties ?? {})).toEqual(
      Object.keys(mysqlConfigSchema.shape.ssl_mode.unwrap().shape),
    )
    for (const key of spec.required)
      expect(mysqlConfigSchema.safeParse({ ...base, [key]: undefined }).success).toBe(false)
  })
})

it('a socket is not reached by a tunnel', () => {
  const tunnel_method = { tunnel_method: 'SSH_KEY_AUTH', tunnel_host: 'bastion', tunnel_user: 'u' }
  const config = { host: '/run/mysqld.sock', database: 'd', username: 'u' }
  expect(readConfig(config, 'c.yaml').host).toBe('/run/mysqld.sock')
  expect(() => readConfig({ ...config, tunnel_method }, 'c.yaml')).toThrow(/`source.config.host`: a socket/)
})

const column = (columnType: string, more: Partial<MysqlColumn> = {}) => {
  const [, dataType = '', precision = '0', scale = '0'] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?/.exec(columnType) ?? []
  return readColumn({
    name: 'x`y',
    dataType,
    columnType,
    precision: Number(precision),
    scale: Number(scale),
    isJson: false,
    ...more,
  })
}

describe('columns', () => {
  it.each([
    ['tinyint(1)', {}, 'TINYINT', '`x``y`'],
    ['int(10) unsigned zerofill', {}, 'UINTEGER', '`x``y`'],
    ['bigint(20) unsigned', {}, 'UBIGINT', '`x``y`'],
    ['float unsigned', {}, 'FLOAT', '`x``y`'],
    ['decimal(38,38)', {}, 'DECIMAL(38,38)', '`x``y`'],
    ['decimal(39,0)', {}, 'VARCHAR', '`x``y`'],
    ['decimal(60,2) unsigned zerofill', {}, 'VARCHAR', 'cast(`x``y` as decimal(60,2))'],
    ['bit(1)', {}, 'BOOLEAN', '`x``y`'],
    ['bit(2)', {}, 'UBIGINT', '`x``y`'],
    ['time(6)', {}, 'VARCHAR', 'cast(`x``y` as char)'],
    ['longtext', {}, 'VARCHAR', '`x``y`'],
    ['longtext', { isJson: true }, 'JSON', '`x``y`'],
    ['json', {}, 'JSON', '`x``y`'],
    ['point', {}, 'VARCHAR', 'st_astext(`x``y`)'],
    ['varbinary(3)', {}, 'BLOB', '`x``y`'],
    ['a type that comes later', {}, 'VARCHAR', 'cast(`x``y` as char)'],
  ] as const)('%s %o', (type, more, duckdb, sql) => {
    const read = column(type, more)
    expect([read.reader().type, read.sql]).toEqual([duckdb, sql])
    expect(read.isUnboundedNumber).toBe(/^decimal\((39|60)/.test(type))
  })
})

it('a text that is no UTF-8 has no place, be it short or long', () => {
  const reader = column('varchar(20)').reader()
  const texts = ['eda080', 'c3bc', '61', `${'61'.repeat(12)}eda080`, `${'61'.repeat(12)}c3bc`]
  for (const [row, hex] of texts.entries()) reader.read(Buffer.from(hex, 'hex'), 0, hex.length / 2, row)
  const vector = reader.take(texts.length)
  expect(vector.unfitRows).toEqual([0, 3])
  expect(Buffer.from(textAt(vector, 4)).toString()).toBe('aaaaaaaaaaaaü')
})

describe('rows from the last value', () => {
  const orNull = ' or `x``y` is null'
  it.each([
    ['bigint', '9007199254740993', '`x``y` >= 9007199254740993'],
    ['decimal(5,5)', '-.00001', '`x``y` >= -.00001'],
    ['year', '5', '`x``y` + 0 >= 5'],
    ['bit(8)', '49', '`x``y` + 0 >= 49'],
    ['float', '0.7', '`x``y` >= 6.99999988079071e-1'],
    ['double', '0.7', '`x``y` >= 7e-1'],
    ['date', '2024-01-02', "`x``y` >= '2024-01-02' or `x``y` = '0000-00-00'"],
    [
      'timestamp(6)',
      '2024-01-02 03:04:05.000006+00',
      "`x``y` >= '2024-01-02 03:04:05.000006' or `x``y` = '0000-00-00 00:00:00'",
    ],
    ['varchar(3)', "ü'", "cast(convert(`x``y` using utf8mb4) as binary) >= x'c3bc27'"],
    ['uuid', 'ff', "cast(convert(`x``y` using utf8mb4) as binary) >= x'6666'"],
    ['time', '-01:00:00', "cast(convert(cast(`x``y` as char) using utf8mb4) as binary) >= x'2d30313a30303a3030'"],
  ])('%s %s', (type, value, sql) => {
    expect(column(type).rowsFrom(value)).toBe(`where ${sql}${orNull}`)
  })
  it.each([
    ['int', '1 or 1=1'],
    ['date', "2024-01-02' or 1=1"],
    ['timestamp', '2024-01-02 03:04:05+02'],
    ['double', 'nan'],
  ])('a value that no warehouse printed for %s bounds nothing', (type, value) => {
    expect(column(type).rowsFrom(value)).toBe('')
  })
})

describe('errors', () => {
  const config = readConfig({ host: 'db', database: 'd', username: 'u' }, 'c.yaml')
  const thrown = (message: string, more: object) => Object.assign(new Error(message), more)
  it.each([
    ['Access denied', { errno: 1045 }, 'SOURCE_REFUSED'],
    ['Unknown database', { errno: 1049 }, 'SOURCE_REFUSED'],
    ['unknown plugin client_ed25519. See TODO', { code: 'AUTH_SWITCH_PLUGIN_ERROR' }, 'SOURCE_REFUSED'],
    ['no TLS', { code: 'HANDSHAKE_NO_SSL_SUPPORT' }, 'SOURCE_REFUSED'],
    ['Too many connections', { errno: 1040 }, 'SOURCE_UNREACHABLE'],
    ['refused', { code: 'ECONNREFUSED', errno: -111 }, 'SOURCE_UNREACHABLE'],
  ])('%s while connecting', (message, more, code) => {
    expect(connectError(thrown(message, more), config)).toMatchObject({
      code,
      message: expect.stringContaining('db:3306'),
    })
  })
  it.each([
    ['killed', { errno: 1927 }, 'SOURCE_CONNECTION_LOST'],
    ['closed', { code: 'PROTOCOL_CONNECTION_LOST' }, 'SOURCE_CONNECTION_LOST'],
    ['reset', { code: 'ECONNRESET', errno: -104 }, 'SOURCE_CONNECTION_LOST'],
    ['no such column', { errno: 1054 }, 'SOURCE_QUERY_FAILED'],
    ['table definition has changed', { errno: 1412 }, 'SOURCE_SCHEMA_CHANGED'],
  ])('%s while reading', (message, more, code) => {
    expect(sourceError(thrown(message, more), config)).toMatchObject({ code })
  })
  it('what the server did not say stays what it is', () => {
    const bug = new TypeError('oops')
    expect(sourceError(bug, config)).toBe(bug)
  })
})
