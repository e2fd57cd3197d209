import { describe, expect, it } from 'vitest'
import { holdsToSchema, type SpecObject } from '../../connectors/connector-spec.suite.js'
import { fileDestinationSchema } from './config.js'
import { fileName, folderOf, formatOf, isOwnFile } from './file-name.js'
import { fileDestination } from './index.js'

describe('spec', () =>
  holdsToSchema(fileDestination.spec as unknown as SpecObject, fileDestinationSchema, { path: 's3://lake' }))

describe('names', () => {
  const csv = { path: 'p', format: 'csv', compression: 'gzip' } as const
  it('tell a file that is written from others', () => {
    for (const numbers of [
      undefined,
      { syncId: 1, sequence: 2 },
      { syncId: 1, sequence: 2, attempt: '0a1b2c3d' },
      { syncId: 1_234_567, sequence: 12_345 },
    ]) {
      const name = fileName('orders', csv, numbers)
      expect(isOwnFile('orders', name)).toBe(true)
      expect(isOwnFile('orders', `.millrace-${name}.part`)).toBe(true)
      expect(isOwnFile('orders_old', name)).toBe(false)
      expect(formatOf(name)).toBe('csv')
    }
    for (const name of [
      'orders-1.csv',
      'orders.txt',
      'orders-old.csv',
      'orders.csv.bak',
      'my-orders.csv',
      'orders-000001-0001.csv.gz.part',
    ])
      expect(isOwnFile('orders', name)).toBe(false)
  })
  it('are in the order of their syncs', () => {
    const names = [9, 10, 99, 100_000].map((syncId) => fileName('s', csv, { syncId, sequence: 1 }))
    expect([...names].sort()).toEqual(names)
  })
  it.each([
    ['orders', 'orders'],
    ['public.orders', 'public.orders'],
    ['ü t@x-1', 'ü t@x-1'],
    ['a/b\\c', 'a%2Fb%5Cc'],
    ['..', '%2E%2E'],
    ['.hidden', '%2Ehidden'],
    ['_tmp', '%5Ftmp'],
    ['100%', '100%25'],
    ['con:', 'con%3A'],
    ["it's \u{1f600}", 'it%27s %F0%9F%98%80'],
  ])('%s is the folder %s', (table, folder) => expect(folderOf(table)).toBe(folder))
})
