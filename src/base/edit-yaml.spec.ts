import { expect, it } from 'vitest'
import { editsBetween, editYaml } from './edit-yaml.js'

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
