import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IoContext } from '../authoring/io-manager.js'
import { io } from './io.js'
import { fileName } from './json-values.js'

let projectDir: string
beforeEach(async () => {
  projectDir = await mkdtemp(join(tmpdir(), 'millrace-values-'))
})
afterEach(() => rm(projectDir, { recursive: true, force: true }))

const context = (changes: Partial<IoContext> = {}): IoContext => ({
  asset: 'reports/a',
  partition: undefined,
  projectDir,
  signal: new AbortController().signal,
  query: () => Promise.reject(new Error('not asked')),
  log: () => {},
  ...changes,
})
const files = async () =>
  (await readdir(projectDir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(projectDir.length + 1))
    .sort()

describe('values as JSON', () => {
  it('come back as they were, each under its asset and partition', async () => {
    const json = io.json()
    await json.store(context(), { rows: [1, null, 'é'], big: 7n })
    await json.store(context({ partition: '2024-01-01|eu' }), [])
    await json.store(context({ asset: '../../evil' }), null)
    expect(await json.load(context())).toEqual({ rows: [1, null, 'é'], big: 7 })
    expect(await json.load(context({ partition: '2024-01-01|eu' }))).toEqual([])
    expect(await json.load(context({ asset: '../../evil' }))).toBeNull()
    expect(await json.load(context({ partition: 'other' }))).toBeUndefined()
    expect(await files()).toEqual([
      '.millrace/values/%2E%2E%2F%2E%2E%2Fevil/value.json',
      '.millrace/values/reports%2Fa/partitions/2024-01-01%7Ceu.json',
      '.millrace/values/reports%2Fa/value.json',
    ])
  })
  it('replace what was there as a whole, also when many do it at once', async () => {
    const json = io.json({ folder: 'kept' })
    const values = Array.from({ length: 20 }, (_, i) => 'x'.repeat(10_000) + i)
    const seen: unknown[] = []
    await Promise.all(
      values.map(async (value) => {
        await json.store(context(), value)
        seen.push(await json.load(context()))
      }),
    )
    expect(seen.every((one) => values.includes(one as string))).toBe(true)
    expect(await files()).toEqual(['kept/reports%2Fa/value.json'])
  })
  it.each([
    [() => 1, 'it is a function'],
    [
      (() => {
        const self: unknown[] = []
        self.push(self)
        return self
      })(),
      'circular',
    ],
  ])('that JSON cannot hold are refused, and the older one stays', async (value, why) => {
    const json = io.json()
    await json.store(context(), 'older')
    await expect(json.store(context(), value)).rejects.toMatchObject({
      code: 'USER_CODE_FAILED',
      message: expect.stringContaining(why),
    })
    expect(await json.load(context())).toBe('older')
  })
  it('that somebody broke are an error', async () => {
    const json = io.json({ folder: '.' })
    await json.store(context(), 1)
    await writeFile(join(projectDir, 'reports%2Fa', 'value.json'), '{')
    await expect(json.load(context())).rejects.toThrow('JSON')
  })
  it('have a file name of their own, whatever the key', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        (a, b) => {
          expect(fileName(a)).toMatch(/^[\w%~-]*$/)
          expect(fileName(a).length).toBeLessThanOrEqual(150)
          expect(fileName(a) === fileName(b)).toBe(a === b)
        },
      ),
    )
    expect(fileName(`${'a'.repeat(200)}b`)).not.toBe(fileName(`${'a'.repeat(200)}c`))
  })
})

describe('rows as a table', () => {
  it.each([
    [7, 'it is no array'],
    [[1], 'not all of it are objects'],
    [[[]], 'not all of it are objects'],
    [[{ a: 1 }, { a: 'x' }], '`a` is double precision in one row and varchar in another'],
    [[{ a: {} }], '`a` has a value of the type object'],
    [[{ a: [] }], '`a` has a value of the type array'],
    [[{ partition_key: 'x' }], 'a column `partition_key` is there already'],
  ])('refuse %j before anything is asked of the warehouse', async (value, why) => {
    await expect(io.table().store(context(), value as object[])).rejects.toMatchObject({
      code: 'USER_CODE_FAILED',
      message: `What reports/a answered does not fit into a table: ${why}${why.includes('there already') ? ': it tells the partition' : ''}.`,
    })
  })
})
