import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AssetSpec } from '../contract/index.js'
import { checkConfigOf, checkRunConfig } from './check-run-config.js'
import { configProblems, fieldsText, issueTexts, jsonSchemaOf } from './config-problems.js'
import { parsedConfig } from './parsed-config.js'

const schema = z.object({
  days: z.number().int().min(1).default(7),
  region: z.enum(['eu', 'us']),
  since: z.iso.date().optional(),
  limits: z.object({ rows: z.number() }).optional(),
})
const described = jsonSchemaOf(schema)

describe('the schema of a config as plain data', () => {
  it.each([
    [{ region: 'eu' }, []],
    [{ region: 'eu', days: 3, since: '2024-02-29', limits: { rows: 1 } }, []],
    [{}, ['`region` is needed']],
    [{ region: 'mars' }, ['`region`: Invalid option: expected one of "eu"|"us"']],
    [{ region: 'eu', days: '3' }, ['`days`: Invalid input: expected number, received string']],
    [{ region: 'eu', days: 0 }, ['`days`: Too small: expected number to be >=1']],
    [{ region: 'eu', since: '2024-02-30' }, ['`since`: Invalid ISO date']],
    [{ region: 'eu', limits: {} }, ['`limits.rows` is needed']],
    [{ region: 'eu', dasy: 1 }, ["`dasy` is none of its fields. Did you mean 'days'?"]],
    [7, ['Invalid input: expected object, received number']],
    [[], ['Invalid input: expected object, received array']],
    [null, ['Invalid input: expected object, received null']],
  ])('says of %j: %j', async (value, problems) => {
    expect(configProblems(JSON.parse(JSON.stringify(described)), value)).toEqual(problems)
    // The user's own schema comes to the same, but for what stands for no config at all.
    const parsed = parsedConfig('a', schema, value).then(
      () => true,
      () => false,
    )
    if (value !== null) expect(await parsed).toBe(problems.length === 0)
  })
  it('lets through what it cannot tell, and fields that a schema leaves open', () => {
    const coerced = jsonSchemaOf(z.object({ at: z.date(), text: z.string().transform((text) => text.length) }))
    expect(configProblems(coerced, { at: 7, text: 'x' })).toEqual([])
    expect(configProblems(jsonSchemaOf(z.looseObject({})), { anything: 1 })).toEqual([])
    expect(configProblems(jsonSchemaOf(z.object({}).catchall(z.string())), { anything: 1 })).toHaveLength(1)
    expect(configProblems({ type: 'object', properties: { x: { type: 'nonsense' } } }, { x: 1 })).toEqual([])
  })
  it('is written in one line', () => {
    expect(fieldsText(described)).toBe(
      'days (integer, 7 unless given), region (eu or us, needed), since (string), limits (object)',
    )
  })
})

describe('the config of a run', () => {
  const asset = (key: string, config?: AssetSpec['config']) =>
    ({ key, config, deps: [], group: 'g', tags: [], kinds: [], owners: [] }) as unknown as AssetSpec
  const assets = [
    asset('r/a', described),
    asset('r/b', jsonSchemaOf(z.object({ n: z.number().default(1) }))),
    asset('r/c'),
  ]
  const check = (keys: string[], config?: Record<string, unknown>) => {
    try {
      checkRunConfig({ assets }, new Set(keys), config)
      return undefined
    } catch (thrown) {
      const { code, message, hint } = thrown as { code: string; message: string; hint: string }
      return `${code} ${message} ${hint}`
    }
  }
  it('fits what it is for, and may be left out where everything has a default', () => {
    expect(check(['r/b', 'r/c'])).toBeUndefined()
    expect(check(['r/a', 'r/b', 'r/c'], { 'r/a': { region: 'us' } })).toBeUndefined()
  })
  it.each([
    [['r/a'], undefined, 'The config of r/a does not fit. `region` is needed Its fields: days'],
    [['r/b'], { 'r/b': { n: 'x' } }, 'The config of r/b does not fit. `n`: Invalid input'],
    [
      ['r/b'],
      { 'r/a': { region: 'eu' } },
      'There is a config for r/a, which is not part of the run. Select it as well',
    ],
    [['r/c'], { 'r/c': {} }, 'There is a config for r/c, which takes none. Nothing in this run takes one'],
    [['r/b'], { 'r/bb': {} }, "There is a config for r/bb, which is no asset. Did you mean 'r/b'?"],
    [['r/b'], { 'r/b': null }, ''],
  ] as const)('of %j is refused: %j', (keys, config, message) => {
    if (message === '') expect(check([...keys], config)).toBeUndefined()
    else expect(check([...keys], config)).toContain(`CONFIG_INVALID ${message}`)
  })
  it('of an automation is held against what it selects, where it has one', () => {
    const definitions = { assets, steps: [], problems: [] } as never
    expect(() => checkConfigOf(definitions, { selection: 'r/a' })).not.toThrow()
    expect(() => checkConfigOf(definitions, { selection: 'r/b', config: { 'r/b': { n: 'x' } } })).toThrow('r/b')
  })
})

describe('a config in the thread', () => {
  it('has its defaults and what the schema makes of it', async () => {
    expect(await parsedConfig('a', schema, { region: 'eu' })).toEqual({ days: 7, region: 'eu' })
    expect(await parsedConfig('a', z.object({ n: z.number().default(1) }), undefined)).toEqual({ n: 1 })
    const checked = z.object({ name: z.string().refine(async (name) => name !== 'taken', 'is taken') })
    await expect(parsedConfig('r/x', checked, { name: 'taken' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'The config of r/x does not fit. `name`: is taken',
    })
  })
})

it('tells text that is no date where code makes a date of it', () => {
  const schema = jsonSchemaOf(z.object({ since: z.coerce.date(), until: z.coerce.date().optional() }))
  expect(configProblems(schema, { since: 'nope' })).toEqual(['`since`: it is no date'])
  expect(configProblems(schema, { since: '2026-01-01' })).toEqual([])
  expect(configProblems(schema, { since: 1_700_000_000_000, until: '2026-01-01T05:00:00+01:00' })).toEqual([])
  const parsed = z.object({ since: z.coerce.date() }).safeParse({ since: 'nope' })
  expect(issueTexts(parsed.error?.issues ?? [], { since: 'nope' })).toEqual(['`since`: it is no date'])
})
