import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { userCode } from './user-code.js'

const { open, run, code, dir } = userCode()

const cut = (...keys: string[]) => ({
  partitionsOf: () => ({ make: 'each' as const, partitions: keys.map((key) => ({ key })) }),
})
const withIo = (body: string) => open(`import { io, mapping } from 'millrace'\n${body}`)

describe('values between assets', () => {
  it('are kept where another asset reads them, and handed to it; it depends on them', async () => {
    await withIo(`const a = asset('a', { run: async () => ({ rows: [1, 2] }) })
const b = asset('b', { inputs: { first: a, again: a }, run: ({ inputs, log }) => { log(String(inputs.first.rows.length + inputs.again.rows.length)); return 'unread' } })
DEFINE a, b`)
    const { assets } = await code().load()
    expect(assets.map(({ key, deps, inputs }) => [key, deps, inputs])).toEqual([
      ['a', [], undefined],
      ['b', ['a'], { first: { asset: 'a' }, again: { asset: 'a' } }],
    ])
    expect((await run('b')).error).toMatchObject({
      code: 'VALUE_MISSING',
      message: 'b reads the value of a, and there is none.',
      hint: "Make it first: millrace materialize 'a'",
    })
    expect((await run('a')).error).toBeUndefined()
    expect((await run('b')).log).toEqual(['info: 4'])
    expect(JSON.parse(await readFile(join(dir(), '.millrace/values/a/value.json'), 'utf8'))).toEqual({ rows: [1, 2] })
    await expect(readFile(join(dir(), '.millrace/values/b/value.json'))).rejects.toThrow('ENOENT')
  })
  it('go by partitions: one where one is read, a record where there are several', async () => {
    await withIo(`const p = partitions.static(['x', 'y'])
const a = asset('a', { partitions: p, run: ({ partition }) => partition.key.toUpperCase() })
const same = asset('same', { partitions: p, inputs: { a }, run: ({ inputs, log }) => log(inputs.a) })
const all = asset('all', { inputs: { a }, run: ({ inputs, log }) => log(JSON.stringify(inputs.a)) })
const last = asset('last', { inputs: { a: { asset: a, mapping: mapping.last() } }, run: ({ inputs, log }) => log(inputs.a) })
DEFINE a, same, all, last`)
    const { assets } = await code().load()
    const last = { type: 'last' }
    expect(assets.at(-1)).toMatchObject({
      deps: ['a'],
      partitionMappings: { a: last },
      inputs: { a: { asset: 'a', mapping: last } },
    })
    await run('a', cut('x', 'y'))
    const reading = (...keys: string[]) => ({ inputPartitions: async () => ({ a: keys }) })
    expect((await run('same', { ...cut('y'), ...reading('y') })).log).toEqual(['info: Y'])
    expect((await run('all', reading('x', 'y'))).log).toEqual(['info: {"x":"X","y":"Y"}'])
    expect((await run('last', reading('y'))).log).toEqual(['info: Y'])
    expect((await run('last', reading())).error).toMatchObject({ message: expect.stringContaining('there is none') })
    expect((await run('last', reading('x', 'y'))).error).toMatchObject({
      message: expect.stringContaining('there are 2'),
    })
    expect((await run('all', reading('z'))).error).toMatchObject({
      message: 'all reads the value of a for z, and there is none.',
      hint: "Make it first: millrace materialize 'a' --partition 'z'",
    })
    expect((await run('all', reading('x', 'z'))).error).toMatchObject({
      hint: "Make it first: millrace materialize 'a' --partition 'z'; it, and others that are missing: millrace backfills create 'a' --missing",
    })
  })
  it('are kept as the asset says, also by code of its own', async () => {
    await withIo(`const kept = new Map()
const own = { store: ({ asset, log }, value) => { log('kept ' + asset); kept.set(asset, value) }, load: ({ asset }) => kept.get(asset) }
const a = asset('a', { io: own as never, run: () => 7 })
const t = asset('t', { io: io.table(), run: () => [{ n: 1 }] })
DEFINE a, asset('b', { inputs: { a }, run: ({ inputs, log }) => log('got ' + inputs.a) }), t`)
    expect((await run('a')).log).toEqual(['info: kept a'])
    expect((await run('b')).log).toEqual(['info: got 7'])
    expect((await run('t')).error).toBeUndefined()
  })
  it('that are none fail the one that owes them, not the one that reads an older one', async () => {
    await withIo(`const a = asset('a', { run: ({ tags }) => tags.on ? 1 : undefined })
const p = asset('p', { partitions: partitions.static(['x', 'y']), makesPartitions: 'together', io: io.json(), run: () => 1 })
DEFINE a, asset('b', { inputs: { a }, run: () => {} }), p, asset('c', { io: io.json(), run: () => {} })`)
    const { error, made } = await run('a')
    expect([error?.message, made]).toEqual(['a answered nothing, and b reads what it answers.', []])
    const together = { partitionsOf: () => ({ make: 'together' as const, partitions: [{ key: 'x' }, { key: 'y' }] }) }
    expect((await run('p', together)).error).toMatchObject({ message: 'p answered one value for 2 partitions.' })
    expect((await run('c')).error).toBeUndefined()
  })
  it.each([
    [`asset('b', { inputs: { x: 'a' as never }, run: () => {} })`, /The input `x` of the asset b is not an asset/],
    [
      `asset('b', { inputs: { x: asset('a', { partitions: partitions.static(['x']), run: () => 1 }) }, partitions: partitions.static(['y']), run: () => {} })`,
      /b and its input a are cut in different ways/,
    ],
    [
      `asset('b', { inputs: { x: asset('a', { run: () => 1 }) }, partitions: partitions.static(['y']), makesPartitions: 'together', run: () => {} })`,
      /makes its partitions together and has inputs/,
    ],
    [`asset('b', { io: {} as never, run: () => {} })`, /The IO manager of b lacks `store`/],
  ])('%s is refused', async (body, message) => {
    await withIo(`DEFINE ${body}`)
    await expect(code().load()).rejects.toMatchObject({ message: expect.stringMatching(message), at: { line: 3 } })
  })
})
