import { afterAll, beforeAll, expect, it } from 'vitest'
import { advanceBackfills } from '../../src/orchestrate/index.js'
import { backfillResponseSchema, backfillsSchema } from '../../src/server/contract/index.js'
import { assetSpec, definitionsOf } from '../orchestrate/definitions.js'
import { openAccessTests } from './open-access.js'

let tests: Awaited<ReturnType<typeof openAccessTests>>
let server: Awaited<ReturnType<typeof tests.open>>
let cookie: string
const cut = { type: 'static', keys: ['a', 'b'] } as const
const definitions = definitionsOf({
  assets: ['raw/order', 'raw/orders'].map((key) => assetSpec(key, { partitions: cut, group: 'shop' })),
})
beforeAll(async () => {
  tests = await openAccessTests()
  server = await tests.open()
  await server.makeUser('ada', 'admin')
  cookie = await server.login('ada')
  await server.store.publishDefinitions(definitions)
})
afterAll(() => tests?.stop())

const post = (path: string, body: object = {}) => server.ask(path, { body, cookie })
const idsOf = async (asset: string) => {
  const { body } = await server.ask(`/backfills?asset=${encodeURIComponent(asset)}`, { cookie })
  return backfillsSchema.parse(body).backfills.map(({ id }) => id)
}
const begun = async (selection: string) =>
  backfillResponseSchema.parse((await post('/backfills', { selection })).body).backfillId ?? ''

it('those of an asset are those whose runs make it, however it was selected', async () => {
  const [one, all, group] = [await begun('raw/orders'), await begun('*'), await begun('group:shop')]
  expect(await idsOf('raw/orders')).toEqual([group, all, one])
  expect(await idsOf('raw/order')).toEqual([group, all])
  expect(await idsOf('raw')).toEqual([])
})

it('one that ended is tried again with what it did not make, and the audit log names both', async () => {
  const id = await begun('raw/order')
  expect(await post(`/backfills/${id}/retry`)).toMatchObject({ status: 422, code: 'SERVER_INVALID' })
  await post(`/backfills/${id}/cancel`)
  await advanceBackfills(server.store, definitions)
  expect(await post(`/backfills/${id}/retry`, { dryRun: true })).toMatchObject({
    status: 200,
    body: { partitions: '*', runCount: 2, partitionCount: 2, assets: ['raw/order'] },
  })
  const again = backfillResponseSchema.parse((await post(`/backfills/${id}/retry`)).body).backfillId
  expect((await idsOf('raw/order')).slice(0, 2)).toEqual([again, id])
  const { entries } = (await server.ask('/audit', { cookie })).body as { entries: { what: string }[] }
  expect(entries[0]?.what).toBe(`/backfills/${id}/retry: backfill ${again}; raw/order; *`)
})

it('one that is not there is not tried again', async () => {
  expect((await post('/backfills/nothing/retry')).code).toBe('SERVER_NOT_FOUND')
})
