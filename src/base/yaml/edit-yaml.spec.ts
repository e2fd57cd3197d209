import { describe, expect, it, vi } from 'vitest'
import { baseErrors } from '../errors.js'
import { editYaml as edit, editsBetween, type YamlEdit } from './edit-yaml.js'
import { readYaml, yamlLibrary } from './yaml.js'

const refusal: Parameters<typeof edit>[2]['refusal'] = (details) => baseErrors.create('YAML_SYNTAX', details)
const editYaml = (text: string, edits: readonly YamlEdit[]) => edit(text, edits, { file: 'shop.yaml', refusal })

const text = `# my shop
name: shop   # its name
destination: { connector: warehouse, schema: raw }
streams:
  # the first
  orders: { sync_mode: incremental, cursor_field: at }
  customers:
    sync_mode: full_refresh
schedule: { cron: '0 4 * * *' }
`

it('changes what is said, and leaves the rest with its comments', () => {
  const edited = editYaml(text, [
    { path: ['destination', 'schema'], value: 'other' },
    { path: ['streams', 'customers'], value: undefined },
    { path: ['streams', 'new ones'], value: { sync_mode: 'full_refresh', primary_key: ['id'] } },
    { path: ['schedule'], value: undefined },
  ])
  expect(edited).toBe(`# my shop
name: shop   # its name
destination: { connector: warehouse, schema: other }
streams:
  # the first
  orders: { sync_mode: incremental, cursor_field: at }
  new ones: { sync_mode: full_refresh, primary_key: [ id ] }
`)
})

it('touches nothing where everything is so already', () => {
  expect(editYaml(text, [{ path: ['name'], value: 'shop' }])).toBe(text)
  expect(editYaml(text, [{ path: ['pool'], value: undefined }])).toBe(text)
})

it('changes only what differs between two values', () => {
  const before = { a: [{ b: 1 }, { c: 2 }], d: { e: 1, f: 2 }, g: [1] }
  expect(editsBetween(before, { a: [{ b: 1 }, { c: 3 }], d: { e: 1 }, g: [1, 2] }, ['x'])).toEqual([
    { path: ['x', 'a', 1, 'c'], value: 3 },
    { path: ['x', 'd', 'f'], value: undefined },
    { path: ['x', 'g'], value: [1, 2] },
  ])
})

it('leaves lines that nobody changed letter for letter, with their spaces and quotes', () => {
  const written = 'a:   "1"\nb: [x,y]   # two\nc: {d: 1}\n\n\ne:\n    - 1\n    - 2\n'
  expect(editYaml(written, [{ path: ['c', 'd'], value: 2 }])).toBe(written.replace('{d: 1}', '{ d: 2 }'))
  expect(editYaml(written, [{ path: ['f'], value: 3 }])).toBe(`${written}f: 3\n`)
})

describe('settings that hang together', () => {
  const shared = `defaults: &d { primary_key: [id] }
streams:
  orders: &s { sync_mode: incremental }
  customers: *s
  notes: { <<: *d, cursor_field: at }
`
  const mode = (stream: string): YamlEdit => ({ path: ['streams', stream, 'sync_mode'], value: 'full_refresh' })

  it('are changed where no other one changes with them', () => {
    for (const edits of [
      [mode('customers')],
      [{ path: ['streams', 'notes', 'primary_key'], value: ['a', 'b'] }],
      [{ path: ['streams', 'notes', 'cursor_field'], value: undefined }],
      [{ path: ['streams', 'customers'], value: undefined }],
    ] as const) {
      const { streams } = readYaml(editYaml(shared, edits), 'shop.yaml').value as { streams: Record<string, object> }
      const held = readYaml(shared, 'shop.yaml').value as { streams: object }
      expect(editsBetween(structuredClone(held.streams), streams, ['streams'])).toEqual(edits)
    }
  })

  it('are refused where others would change, with the place that is changed by hand', () => {
    const removed = (...path: string[]): YamlEdit => ({ path: ['streams', ...path], value: undefined })
    for (const [edited, place] of [
      [mode('orders'), 'streams.customers.sync_mode'],
      [removed('orders'), 'streams.orders'],
      [removed('notes', 'primary_key'), 'streams.notes.primary_key'],
    ] as const)
      expect(() => editYaml(shared, [edited])).toThrow(
        expect.objectContaining({ code: 'YAML_SYNTAX', hint: `Nothing was written. Change \`${place}\` by hand.` }),
      )
  })
})

it('knows keys that are written as numbers', () => {
  const numbered = 'streams:\n  2024: { a: 1 } # old\n  x: { a: 1 }\n'
  expect(editYaml(numbered, [{ path: ['streams', '2024', 'a'], value: 2 }])).toBe(numbered.replace('a: 1', 'a: 2'))
  expect(editYaml(numbered, [{ path: ['streams', '2024'], value: undefined }])).toBe('streams:\n  x: { a: 1 }\n')
})

it('leaves comments beside a value, and beside the entries of a list that stay', () => {
  const commented = `mode: incremental # log too large
port: 0x10 # of the tunnel
keys:
  - a # first
  # of the shop
  - b # second
  - { c: 1 } # third
`
  expect(
    editYaml(commented, [
      { path: ['mode'], value: 'full_refresh' },
      { path: ['port'], value: 17 },
      { path: ['keys'], value: ['b', { c: 2 }, 'd'] },
    ]),
  ).toBe(`mode: full_refresh # log too large
port: 17 # of the tunnel
keys:
  # of the shop
  - b # second
  - { c: 2 }
  - d
`)
  expect(editYaml(commented, editsBetween({ keys: ['a', 'b', { c: 1 }] }, { keys: ['b', { c: 1 }, 'd'] }))).toBe(
    commented.replace('  - a # first\n', '').concat('  - d\n'),
  )
  expect(editYaml(commented, [{ path: ['keys', 2, 'c'], value: 2 }])).toBe(commented.replace('c: 1', 'c: 2'))
})

it('reads the text a few times, however many edits there are', () => {
  const names = Array.from({ length: 50 }, (_, i) => `s${i}`)
  const many = `streams:\n${names.map((name) => `  ${name}: { a: 1 } # ${name}\n`).join('')}`
  const readings = vi.spyOn(yamlLibrary().Document.prototype, 'toJS')
  const edited = editYaml(
    many,
    names.map((name) => ({ path: ['streams', name, 'a'], value: 2 })),
  )
  expect(edited).toBe(many.replaceAll('a: 1', 'a: 2'))
  expect(readings.mock.calls.length).toBeLessThan(5)
  readings.mockRestore()
})
