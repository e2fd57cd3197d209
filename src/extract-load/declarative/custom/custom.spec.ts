import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../../base/index.js'
import { buildScope } from '../build.js'
import type { RecordData, SourceServices } from '../component-contract.js'
import { interpolationOf } from '../interpolation/index.js'
import { type CustomComponent, loadCustomComponents } from './index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-custom-'))
})
afterAll(() => rm(folder, { recursive: true }))

const services: SourceServices = {
  clock: systemClock,
  random: () => 0,
  transport: { send: () => Promise.reject(new Error('nothing is sent')) },
  say: async () => {},
}

it('a folder without a module has none', async () => {
  expect((await loadCustomComponents(folder)).size).toBe(0)
})

it('functions and classes of the module are built in the place of Python classes', async () => {
  await writeFile(
    join(folder, 'components.mjs'),
    `export const Doubled = (definition, scope) => ({ transform: (record) => { record[definition.field] *= scope.config.times } })
export class Named { #name; constructor({ $parameters }) { this.#name = $parameters.name } transform(record) { record.name = this.#name } }
export const version = 1`,
  )
  const custom = await loadCustomComponents(folder)
  expect([...custom.keys()].toSorted()).toEqual(['Doubled', 'Named'])
  const config = { times: 2 }
  const scope = buildScope({
    config,
    interpolation: interpolationOf(config, services),
    services: { ...services, custom },
  })
  const record: RecordData = { n: 4 }
  for (const [class_name, more] of [
    ['source.components.Doubled', { field: 'n' }],
    ['Named', { $parameters: { name: 'x' } }],
  ] as const)
    scope.build('transformation', { type: 'CustomTransformation', class_name, ...more }).transform(record, {})
  expect(record).toEqual({ n: 8, name: 'x' })
  const other = { type: 'CustomTransformation', class_name: 'a.Other' }
  expect(() => scope.build('transformation', other)).toThrow('CustomTransformation `Other` is written in Python')
})

it('what is no component of its kind is refused by the name of its class', async () => {
  const custom = new Map<string, CustomComponent>([
    ['Half', () => ({ initialToken: () => undefined }) as never],
    ['State', () => ({ migrate: () => ({}) }) as never],
  ])
  const scope = buildScope({
    config: {},
    interpolation: interpolationOf({}, services),
    services: { ...services, custom },
  })
  const half = { type: 'CustomPaginationStrategy', class_name: 'a.Half' }
  expect(() => scope.build('pagination_strategy', half, {} as never)).toThrow(
    '`Half` is no pagination_strategy: it has no `pageSize`, `nextPageToken`',
  )
  const state = { type: 'CustomStateMigration', class_name: 'a.State' }
  expect(() => scope.build('state_migration', state, {} as never)).toThrow(
    '`State` is no state_migration: it is no function',
  )
})

it('a module that was changed is loaded anew', async () => {
  const file = join(folder, 'components.mjs')
  await writeFile(file, 'export const First = () => 1')
  await utimes(file, 1, 1)
  expect([...(await loadCustomComponents(folder)).keys()]).toEqual(['First'])
  await writeFile(file, 'export const Second = () => 2')
  await utimes(file, 2, 2)
  expect([...(await loadCustomComponents(folder)).keys()]).toEqual(['Second'])
})

it('a module that cannot be loaded is told of by its name', async () => {
  await writeFile(join(folder, 'components.ts'), 'export const x: number = nothing.there')
  await expect(loadCustomComponents(folder)).rejects.toMatchObject({
    code: 'MANIFEST_COMPONENT_UNSUPPORTED',
    message: expect.stringContaining('components.ts cannot be loaded: nothing is not defined'),
  })
})
