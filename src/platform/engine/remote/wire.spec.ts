import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Engine } from '../../contract.js'
import { connectEngine, reconnectingEngine } from './client.js'
import { hostEngine } from './host.js'
import { answersWithinMs } from './methods.js'
import { decode, encode } from './wire.js'

/** What people send and tables hold may look like what is tagged. */
const lookalikes: readonly unknown[] = [
  { $bigint: 'abc' },
  { $bigint: '5' },
  { $bytes: 'hello' },
  { $$bigint: 'a', more: 1 },
  { $$bytes: { $bigint: { $$$bigint: '1' } } },
  [{ $bigint: 7n }, { $bytes: new Uint8Array([1, 2]) }],
]

it.each([7n, new Uint8Array([0, 255]), { a: [1n, { b: new Uint8Array() }] }])('%o arrives as what it is', (value) =>
  expect(decode(encode(value))).toEqual(value),
)

it.each(lookalikes)('%o is no tagged value', (value) => expect(decode(encode(value))).toEqual(value))

it('whatever JSON holds arrives as it was', () => {
  const { any } = fc.letrec((tie) => ({
    any: fc.oneof(
      fc.string(),
      fc.bigInt(),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('$bigint', '$bytes', '$$bigint', '$$bytes', '$', 'a'), tie('any'), {
        maxKeys: 2,
        noNullPrototype: true,
      }),
    ),
  }))
  fc.assert(
    fc.property(any, (value) => {
      expect(decode(encode(value))).toEqual(value)
    }),
  )
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-wire-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it.runIf(process.platform !== 'win32')('an answer that looks so ends nobody', async () => {
  const path = join(folder, 'engine.sock')
  const sample = async (place: number) => ({ rows: [[lookalikes[place]]] })
  const host = await hostEngine({ sample } as unknown as Engine, path)
  const client = (await connectEngine(path)) as Engine
  try {
    for (const [place, value] of lookalikes.entries())
      expect(await client.sample(place as unknown as string, 1)).toEqual({ rows: [[value]] })
  } finally {
    await client.close()
    await host.close()
  }
})

it.runIf(process.platform !== 'win32')('pages do not wait for ever for an engine that hangs', async () => {
  const path = join(folder, 'hanging.sock')
  const never = () => new Promise<never>(() => {})
  const sources = async () => ['file']
  const host = await hostEngine({ connectionStates: never, sources } as unknown as Engine, path)
  try {
    const engine = reconnectingEngine(path, { connectionStates: 50, sources: 60_000 })
    await expect(engine.connectionStates('shop')).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message: 'The engine did not answer `connectionStates` within 0.05 s.',
    })
    expect(await engine.sources()).toEqual(['file'])
  } finally {
    await host.close()
  }
})

it.runIf(process.platform !== 'win32')('an engine that is not there is told from one that went away', async () => {
  const engine = reconnectingEngine(join(folder, 'nobody.sock'))
  await expect(engine.sources()).rejects.toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message: 'There is no engine that could be asked for `sources`.',
  })
})

it('only what is short by nature has a deadline', () => {
  const long = /^(query|export|sample|preview|discover|check|create|change|add|evaluate|start|reload)/
  expect(Object.keys(answersWithinMs).filter((method) => long.test(method))).toEqual([])
})
