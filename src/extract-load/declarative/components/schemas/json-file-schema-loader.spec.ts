import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { scriptedScope } from '../../testing/scripted-scope.js'
import { compositeSchema } from './composite-schema.js'
import { defaultSchemaLoader } from './default-schema-loader.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-schemas-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (file: string, schema: unknown) => {
  mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, file), typeof schema === 'string' ? schema : JSON.stringify(schema))
}
const load = (file_path?: string, parameters: object = {}) =>
  scriptedScope({ services: { folder } })
    .build('schema_loader', { type: 'JsonFileSchemaLoader', file_path, $parameters: parameters })
    .schema()

it('reads a file beside the manifest, also by a path that begins with the package', async () => {
  write('schemas/users.json', { type: 'object' })
  expect(await load('./schemas/users.json')).toEqual({ type: 'object' })
  expect(await load("./source_shop/schemas/{{ parameters['name'] }}.json", { name: 'users' })).toEqual({
    type: 'object',
  })
})

it.each(['schemas/users.json', 'users.json'])('finds %s without a path', async (file) => {
  write(file, { type: 'object' })
  expect(await load(undefined, { name: 'users' })).toEqual({ type: 'object' })
})

it('puts in what a schema refers to', async () => {
  write('schemas/shared/money.json', { type: 'object', properties: { n: { type: 'number' } }, definitions: {} })
  const properties = { price: { $ref: 'money.json' }, tax: { $ref: '#/definitions/tax' } }
  write('orders.json', { properties, definitions: { tax: { type: 'integer' } } })
  expect(await load('./orders.json')).toMatchObject({
    properties: { price: { type: 'object', properties: { n: { type: 'number' } } }, tax: { type: 'integer' } },
  })
})

it.each([
  ['../outside.json', 'it lies outside of the folder of the manifest'],
  ['./x/../../outside.json', 'it lies outside of the folder of the manifest'],
  ['./nope.json', 'there is no such file beside the manifest'],
  ['./broken.json', 'it is no JSON'],
  ['./list.json', 'it is no object'],
])('refuses %s', async (file, why) => {
  write('broken.json', '{')
  write('list.json', [])
  await expect(load(file)).rejects.toThrow(why)
})

it('refuses a reference that leads to itself', async () => {
  write('loop.json', { properties: { a: { $ref: '#/properties/a' } } })
  await expect(load('./loop.json')).rejects.toThrow('refers in a circle')
})

it('says nothing of a stream without a file', async () => {
  expect(await defaultSchemaLoader(scriptedScope({ services: { folder } })).schema()).toEqual({})
})

it('joins schemas, the first ones over the others', async () => {
  const loader = (properties: object) => ({ schema: async () => ({ properties }) })
  expect(await compositeSchema([loader({ a: 1, b: 1 }), loader({ b: 2, c: 2 })]).schema()).toMatchObject({
    properties: { a: 1, b: 1, c: 2 },
  })
})
