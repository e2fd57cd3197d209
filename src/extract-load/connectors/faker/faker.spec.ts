import { describe, expect, it } from 'vitest'
import { type ColumnChunk, textAt } from '../../../warehouse/index.js'
import type { ConfiguredStream } from '../../contract.js'
import type { ColumnBatch, Reading } from '../connector.js'
import { holdsToSchema, type SpecObject } from '../connector-spec.suite.js'
import { fakerConfigSchema } from './config.js'
import { Draws } from './draws.js'
import { fakerConnector } from './index.js'
import { fakeStreams } from './streams.js'
import * as words from './words.js'

const contextOf = (config: object) => ({ config: { ...config }, projectDir: '.', file: 'c.yaml' })
const full: Omit<ConfiguredStream, 'name'> = { syncMode: 'full_refresh', destinationSyncMode: 'overwrite' }
const incremental: Omit<ConfiguredStream, 'name'> = { syncMode: 'incremental', destinationSyncMode: 'append' }

const read = (config: object, name: string, mode = incremental, state?: unknown) =>
  fakerConnector.read(contextOf(config), { stream: { ...mode, name }, state })

async function chunksOf({ batches }: Reading): Promise<ColumnChunk[]> {
  const chunks: ColumnChunk[] = []
  for await (const chunk of (batches[0] as ColumnBatch).chunks) chunks.push(chunk)
  return chunks
}

const rowsIn = async (reading: Reading) =>
  reading.batches.length === 0 ? 0 : (await chunksOf(reading)).reduce((sum, { rowCount }) => sum + rowCount, 0)

const longs = (data: Uint8Array) => [...new BigInt64Array(data.buffer, data.byteOffset, data.byteLength / 8)]

it('only what is selected is made into columns; all of it is offered', async () => {
  const { batches } = await read({ count: 10 }, 'users', { ...incremental, fields: ['email', 'id'] })
  const [batch] = batches as readonly ColumnBatch[]
  expect(batch?.columns.map(({ name }) => name)).toEqual(['id', 'email'])
  expect(batch?.offered.map(({ name }) => name)).toEqual(expect.arrayContaining(['id', 'email', 'created_at']))
  const [whole] = await chunksOf(await read({ count: 10 }, 'users'))
  const [chunk] = await chunksOf({ batches } as Reading)
  expect(chunk?.columns).toHaveLength(2)
  expect(longs(chunk?.columns[0]?.data as Uint8Array)).toEqual(longs(whole?.columns[0]?.data as Uint8Array))
})

describe('spec', () => holdsToSchema(fakerConnector.spec as unknown as SpecObject, fakerConfigSchema, {}))

describe('rows', () => {
  const [users, products, purchases] = fakeStreams as [
    (typeof fakeStreams)[0],
    (typeof fakeStreams)[0],
    (typeof fakeStreams)[0],
  ]
  const columnOf = (stream: (typeof fakeStreams)[0], name: string, first: number, rowCount: number, seed = 1) => {
    const vector = stream.make({ seed, first, rowCount })[Object.keys(stream.columns).indexOf(name)]
    return longs(vector?.data as Uint8Array).map(Number)
  }

  it.each(fakeStreams)('of $name are the same however they are divided into chunks', (stream) => {
    const texts = (first: number, rowCount: number) =>
      stream.make({ seed: 3, first, rowCount }).map((vector) =>
        Array.from({ length: rowCount }, (_, row) => {
          const bytes = vector.data.length / rowCount
          const value = vector.pieces ? textAt(vector, row) : vector.data.subarray(row * bytes, (row + 1) * bytes)
          return Buffer.from(value).toString('hex')
        }),
      )
    const whole = texts(1, 90)
    const parts = [texts(1, 33), texts(34, 57)]
    expect(whole).toEqual(whole.map((_, i) => parts.flatMap((part) => part[i] ?? [])))
  })

  it('are others with another seed, also where seeds differ beyond 32 bits', () => {
    const at = (seed: number) => columnOf(users, 'created_at', 1, 50, seed)
    expect(at(1)).toEqual(at(1))
    for (const other of [-1, 0, 2, 2 ** 32 + 1]) expect(at(other)).not.toEqual(at(1))
  })

  it('of purchases belong to users who are there, whatever their number', () => {
    for (let count = 1; count <= 41; count++) {
      const rows = purchases.rowsOf(count)
      const buyers = rows === 0 ? [] : columnOf(purchases, 'user_id', 1, rows)
      expect(Math.max(0, ...buyers)).toBeLessThanOrEqual(count)
      const next = columnOf(purchases, 'user_id', rows + 1, 1)
      expect(next[0]).toBeGreaterThan(count)
    }
    expect(purchases.rowsOf(1000)).toBe(1000)
  })

  it('tell of things in the order in which they happen', () => {
    const at = (name: string) => columnOf(purchases, name, 1, 2000)
    const signUps = columnOf(users, 'created_at', 1, 2048)
    const [buyer, created, added, bought, returned, updated] = [
      at('user_id'),
      at('created_at'),
      at('added_to_cart_at'),
      at('purchased_at'),
      at('returned_at'),
      at('updated_at'),
    ]
    const lastProduct = Math.max(...columnOf(products, 'created_at', 1, 100))
    for (let i = 0; i < 2000; i++) {
      const times = [
        lastProduct,
        signUps[(buyer[i] ?? 0) - 1],
        created[i],
        added[i],
        bought[i],
        returned[i],
        updated[i],
      ]
      const known = times.filter((time): time is number => time !== 0)
      expect(known).toEqual([...known].sort((a, b) => a - b))
    }
    // 70 of 100 carts are bought, 15 of 100 of those come back.
    expect(bought.filter((time) => time !== 0).length / 2000).toBeCloseTo(0.7, 1)
    expect(returned.filter((time) => time !== 0).length / 2000).toBeCloseTo(0.105, 1)
  })

  it('are put together from words that JSON and one byte a letter hold', () => {
    for (const list of Object.values(words)) {
      const all = list.flat().map(String)
      for (const word of all) expect(word).toMatch(/^[\x20-\x7e]+$/)
      expect(all.join('')).not.toMatch(/["\\]/)
    }
    expect(new Set(words.productNames.map((one) => one.join(' '))).size).toBe(100)
  })
})

it('draws reach every number of their range, and no other', () => {
  const draws = new Draws(1, 1).row(1)
  const seen = new Set(Array.from({ length: 1000 }, () => draws.between(3, 7)))
  expect([...seen].sort()).toEqual([3, 4, 5, 6, 7])
})

describe('incremental', () => {
  it.each(['users', 'products', 'purchases'])(
    '%s are read once, and then those that more users bring',
    async (name) => {
      const first = await read({ count: 5000 }, name)
      const rows = await rowsIn(first)
      expect(rows).toBe(name === 'products' ? 100 : 5000)
      const again = await read({ count: 5000 }, name, incremental, first.stateAfter)
      expect([again.batches, again.note]).toEqual([[], `nothing new: all ${rows} rows were read`])
      const more = await read({ count: 5003 }, name, incremental, first.stateAfter)
      expect(await rowsIn(more)).toBe(name === 'products' ? 0 : 3)
    },
  )
  it('goes on with the very next row', async () => {
    const { stateAfter } = await read({ count: 10 }, 'users')
    const [chunk] = await chunksOf(await read({ count: 12 }, 'users', incremental, stateAfter))
    expect(longs(chunk?.columns[0]?.data ?? new Uint8Array())).toEqual([11n, 12n])
  })
  it('reads nothing where there are fewer users than before', async () => {
    const { stateAfter } = await read({ count: 100 }, 'users')
    expect((await read({ count: 10 }, 'users', incremental, stateAfter)).batches).toEqual([])
  })
  it.each([
    ['another seed', { count: 100, seed: 2 }],
    ['rows that are always updated', { count: 100, seed: 1, always_updated: true }],
  ])('reads everything again for %s', async (_, config) => {
    const { stateAfter } = await read({ count: 100, seed: 1 }, 'users')
    expect(await rowsIn(await read(config, 'users', incremental, stateAfter))).toBe(100)
  })
  it('takes a state that is none of its own for none', async () => {
    expect(await rowsIn(await read({ count: 100 }, 'users', incremental, { cursor: 'x' }))).toBe(100)
  })
  it('refuses another cursor than its own', async () => {
    const mode = { ...incremental, cursorField: ['id'] }
    await expect(read({ count: 1 }, 'users', mode)).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
  })
})

it('a full refresh keeps no state', async () => {
  expect((await read({ count: 10 }, 'users', full)).stateAfter).toEqual({})
})

it('streams are discovered with key, cursor and first rows', async () => {
  const discovered = await fakerConnector.discover(contextOf({ count: 3 }))
  expect(discovered.map(({ name, sample }) => [name, sample?.rows.length])).toEqual([
    ['users', 3],
    ['products', 5],
    ['purchases', 3],
  ])
  const [users] = discovered
  expect(users).toMatchObject({ sourceDefinedCursor: true, sourceDefinedPrimaryKey: [['id']] })
  const first = Object.fromEntries(users?.sample?.columns.map((name, i) => [name, users.sample?.rows[0]?.[i]]) ?? [])
  expect(first).toMatchObject({
    id: 1,
    updated_at: '2024-01-01T00:00:01Z',
    email: expect.stringMatching(/^[a-z]+\.[a-z]+\+1@example\.(com|org|net)$/),
    height: expect.stringMatching(/^1\.[5-9]\d$/),
  })
  const { address } = (users?.jsonSchema.properties ?? {}) as { address?: { properties: object } }
  expect(Object.keys(JSON.parse(String(first.address)))).toEqual(Object.keys(address?.properties ?? {}))
})

it('check says what there will be', async () => {
  expect(await fakerConnector.check(contextOf({ count: 7 }))).toEqual({
    status: 'succeeded',
    message: '7 users, 100 products, 6 purchases',
  })
  expect(await fakerConnector.check(contextOf({ count: 0 }))).toMatchObject({ status: 'failed' })
})
