import { expect, it } from 'vitest'
import { editYaml } from './edit-yaml.js'

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
name: shop # its name
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
