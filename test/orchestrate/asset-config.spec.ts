import { describe, expect, it } from 'vitest'
import { userCode } from './user-code.js'

const { open, run, code } = userCode()
const withZod = (body: string) => open(`import { z } from 'millrace'\n${body}`)

describe('the config of an asset', () => {
  it('is described with it, and given to it with its defaults', async () => {
    await withZod(`const a = asset('a', { config: z.object({ days: z.number().default(7), name: z.string().trim() }),
  partitions: partitions.static(['x']), run: ({ config, partition, log }) => log(partition.key + ' ' + JSON.stringify(config)) })
DEFINE a, asset('b', { config: z.object({ n: z.number().default(1) }), run: ({ config, log }) => log(String(config.n)) }),
  asset('c', { run: (context) => context.log(String('config' in context)) })`)
    const [a] = (await code().load()).assets
    expect(a?.config).toEqual({
      type: 'object',
      properties: { days: { type: 'number', default: 7, order: 0 }, name: { type: 'string', order: 1 } },
      required: ['name'],
    })
    const config = { a: { name: ' x ' } }
    const partitionsOf = () => ({ make: 'each' as const, partitions: [{ key: 'x' }] })
    expect((await run('a', { config, partitionsOf })).log).toEqual(['info: x {"days":7,"name":"x"}'])
    expect((await run('b', { config })).log).toEqual(['info: 1'])
    expect((await run('c')).log).toEqual(['info: false'])
  })
  it('that does not fit fails the asset before it does anything', async () => {
    await withZod(
      `DEFINE asset('a', { config: z.object({ days: z.number().default(7) }), run: ({ log }) => log('never') })`,
    )
    expect(await run('a', { config: { a: { dasy: 3 } } })).toMatchObject({
      log: [],
      error: { code: 'CONFIG_INVALID', message: expect.stringContaining("Did you mean 'days'?") },
    })
    expect((await run('a', { config: { a: { days: 'x' } } })).error).toMatchObject({
      message: 'The config of a does not fit. `days`: Invalid input: expected number, received string',
      hint: 'Its fields: days (number, 7 unless given).',
    })
  })
  it('comes with the runs of sensors and schedules', async () => {
    await withZod(`DEFINE sensor('s', { every: '5m', target: '*', evaluate: () => ({ runs: [{ config: { a: { n: 3n } } }] }) }),
  schedule('n', { cron: '0 5 * * *', target: 'a', config: { a: { n: 1 } } })`)
    expect((await code().evaluateSensor('s')).runs).toMatchObject([{ config: { a: { n: 3 } } }])
    expect((await code().load()).schedules).toMatchObject([{ config: { a: { n: 1 } } }])
  })
  it.each([
    [`{ n: 1 } as never`, 'The config of the asset a is not an object schema of zod 4.'],
    [`z.string() as never`, 'The config of the asset a is not an object schema of zod 4.'],
  ])('%s is none', async (schema, message) => {
    await withZod(`DEFINE asset('a', { config: ${schema}, run: () => {} })`)
    await expect(code().load()).rejects.toMatchObject({ code: 'DEFINITIONS_INVALID', message, at: { line: 3 } })
  })
})
