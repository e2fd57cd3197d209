import { describe, expect, it } from 'vitest'
import { changedEnd } from './actor-requests.js'

const warehouse = { type: 'duckdb', path: '/data/shop.duckdb' }
const image = {
  connector: 'airbyte',
  config: { image: 'airbyte/source-hub:1', config: { repository: 'a/b', token: '${T}' } },
}

describe('the settings of an end that are sent once more', () => {
  it('say nothing of the image as they are shown: it stays', () => {
    const shown = { sourceType: 'hub', repository: 'c/d' }
    expect(changedEnd('source', image, shown, warehouse, false).config).toEqual({
      image: 'airbyte/source-hub:1',
      config: { repository: 'c/d' },
    })
    expect(changedEnd('source', image, shown, warehouse, true).config).toEqual({ config: { repository: 'c/d' } })
  })

  it('may name another image, also of a destination, whose settings have a schema of their own', () => {
    const sent = { destinationType: 'postgres', image: 'airbyte/destination-postgres:3', database: 'd', schema: 's' }
    expect(changedEnd('destination', { ...image, schema: 'raw' }, sent, warehouse, false)).toEqual({
      connector: 'airbyte',
      config: { image: 'airbyte/destination-postgres:3', config: { database: 'd', schema: 's' } },
    })
  })

  it('of the warehouse are held against the one of the project', () => {
    const own = { connector: 'warehouse', config: {}, schema: 'raw' }
    const change = (sent: object) =>
      changedEnd('destination', own, { destinationType: 'duckdb', ...sent }, warehouse, true)
    expect(change({ destination_path: '/data/shop.duckdb', dataset_id: 'two' }).schema).toBe('two')
    expect(change({}).schema).toBeUndefined()
    expect(() => change({ destination_path: '/other.duckdb' })).toThrow(
      expect.objectContaining({ code: 'AIRBYTE_UNPROCESSABLE' }),
    )
  })

  it('of a file in the words of Airbyte change what they say of it', () => {
    const file = { connector: 'file', config: { streams: [{ name: 'orders', path: 'data/orders.csv' }] } }
    expect(changedEnd('source', file, { url: 'data/other.csv' }, warehouse, true).config).toEqual({
      streams: [{ name: 'orders', path: 'data/other.csv' }],
    })
    expect(changedEnd('source', file, { region: 'eu' }, warehouse, true).config).toEqual({ region: 'eu' })
  })
})
