import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AssetSpec } from '../../orchestrate/index.js'
import type { LoadedDefinitions } from '../graph/load-definitions.js'
import { columnType } from './column-type.js'
import { readColumns } from './render-types.js'
import { type InWarehouse, writeTypes } from './types-file.js'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millrace-types-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

it.each([
  ['INTEGER', 'number'],
  ['BIGINT', 'number | bigint'],
  ['DECIMAL(12,2)', 'string'],
  ['numeric', 'string'],
  ['double precision', 'number'],
  ['character varying', 'string'],
  ['timestamp with time zone', 'string'],
  ['VARCHAR[]', 'readonly (string | null)[]'],
  ['STRUCT(a INTEGER)[]', 'readonly unknown[]'],
  ['STRUCT(a INTEGER)', undefined],
  ['BLOB', 'Uint8Array'],
  ['hstore', undefined],
])('a column of the type %s is %s', (type, expected) => expect(columnType(type)).toBe(expected))

const odd = `raw/it's "odd" \\ {`
const asset = (key: string, changes: Partial<AssetSpec> = {}) => ({
  key,
  description: 'First */ line\nsecond',
  columns: [],
  relation: { schema: key.split('/')[0], identifier: key.split('/')[1] },
  ...changes,
})
const loaded = (changes: { columns?: AssetSpec['columns']; enforced?: boolean } = {}) =>
  ({
    definitions: {
      assets: [
        asset('main/orders', { columns: changes.columns ?? [], origin: { uniqueId: 'model.x.orders' } }),
        asset(odd),
        asset('reports/a'),
      ],
      checks: [{ asset: 'main/orders', name: 'n', column: 'ID', isBlocking: true, origin: { uniqueId: 'test.x.n' } }],
    },
    manifest: {
      nodes: {
        'model.x.orders': {
          columns: { paid: { name: 'paid', constraints: [{ type: 'not_null' }] } },
          contract: { enforced: changes.enforced ?? false },
        },
        'test.x.n': { test_metadata: { name: 'not_null' }, config: {} },
      },
    },
    names: {
      models: { orders: { key: 'main/orders' } },
      seeds: {},
      snapshots: {},
      sources: {},
      streams: { shop: { [odd.slice(4)]: { key: odd } } },
    },
  }) as unknown as LoadedDefinitions & { names: NonNullable<LoadedDefinitions['names']> }
const column = (name: string, type: string) => ({ name, type, isNullable: true })
const warehouse: InWarehouse = new Map([
  ['["main","orders"]', [column('id', 'BIGINT'), column('paid on', 'DATE')]],
  [`["raw",${JSON.stringify(odd.slice(4))}]`, [column(`a"b'c`, 'VARCHAR')]],
])
const none: InWarehouse = new Map()

describe('the file of types', () => {
  const path = () => join(dir, 'millrace-types.d.ts')
  const write = (of = loaded(), inWarehouse = warehouse, isDryRun = false) =>
    writeTypes(path(), of, { inWarehouse, isDryRun })
  const columns = () => readColumns(readFileSync(path(), 'utf8'))

  it('is written where something changed, and read back whatever its names are', async () => {
    expect(await write(loaded(), warehouse, true)).toBe('changed')
    expect(readdirSync(dir)).toEqual([])
    expect(await write()).toBe('changed')
    expect(await write()).toBe('unchanged')
    expect(readdirSync(dir)).toEqual(['millrace-types.d.ts'])
    expect([...columns()]).toEqual([
      // A test that stops everything behind it says that there is no null.
      ['main/orders', ['id: number | bigint', "'paid on': string | null"]],
      [odd, [`'a"b\\'c': string | null`]],
    ])
    expect(readFileSync(path(), 'utf8')).toContain('/** First *\\/ line */')
  })
  it('keeps what it knew of a table that is not there now', async () => {
    await write()
    expect(await write(loaded(), none)).toBe('unchanged')
  })
  it('takes what YAML tells where nothing else is known, and believes a contract', async () => {
    const told = [{ name: 'paid', type: 'decimal(9,2)' }, { name: 'note' }]
    await write(loaded({ columns: told }), none)
    expect(columns().get('main/orders')).toEqual(['paid: string | null', 'note: unknown', '[column: string]: unknown'])
    await write(loaded({ columns: told, enforced: true }), none)
    expect(columns().get('main/orders')).toEqual(['paid: string', 'note: unknown'])
  })
})
