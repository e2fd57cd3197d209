import { expect, it } from 'vitest'
import { JinjaEnvironment } from '../../../../jinja/index.js'
import { tryParseDatetime } from '../../../declarative/datetime/index.js'
import { readManifestDraft } from './manifest-draft.js'
import { starterManifest } from './starter-manifest.js'

const stream = { url: 'https://api.example.com', stream: 'orders', path: '/orders', recordPath: ['data'] } as const
const authentications = ['none', 'bearer', 'api_key_header', 'api_key_parameter', 'basic'] as const
const paginations = ['none', 'page', 'offset', 'cursor', 'link'] as const

it('a manifest that is begun here has no problem, whatever is chosen', async () => {
  for (const authentication of authentications)
    for (const pagination of paginations) {
      const choices = { ...stream, authentication, pagination, sizeParameter: 'limit', cursorPath: ['meta', 'next'] }
      const text = starterManifest({ ...choices, primaryKey: 'id' })
      const found = await readManifestDraft('/nowhere/manifest.yaml', text, 'm.yaml')
      expect([authentication, pagination, found.remarks, found.streams]).toEqual([
        authentication,
        pagination,
        [],
        ['orders'],
      ])
    }
})

it('only what is new is read by the field that somebody names; lines for that stand there where nobody does', async () => {
  const choices = { ...stream, authentication: 'none', pagination: 'none' } as const
  const modesOf = async (text: string) => {
    const { remarks } = await readManifestDraft('/nowhere/manifest.yaml', text, 'm.yaml')
    expect(remarks).toEqual([])
    return /^ *incremental_sync:/m.test(text)
  }
  const plain = starterManifest(choices)
  const named = { ...choices, cursorField: 'changed at' }
  const unmarked = plain.replace(/# (?=incremental_sync:| {2})/g, '')
  expect(await Promise.all([plain, unmarked, starterManifest(named)].map(modesOf))).toEqual([false, true, true])
  expect(starterManifest({ ...named, sinceParameter: 'since' })).toContain('field_name: since')
  expect(starterManifest(named)).toContain('is_client_side_incremental: true')
})

it('a field may be the key and the cursor, which is a time', () => {
  const text = starterManifest({
    ...stream,
    authentication: 'none',
    pagination: 'none',
    primaryKey: 'at',
    cursorField: 'at',
  })
  expect(text.match(/^ *at: .*$/gm)).toEqual([expect.stringContaining('date-time')])
})

it('the cursor reads times as APIs write them', () => {
  const text = starterManifest({ ...stream, authentication: 'none', pagination: 'none', cursorField: 'at' })
  const formats = [...text.matchAll(/^ *- "(%.*)"$/gm)].map(([, format]) => format as string)
  const read = (value: string) =>
    formats.map((format) => tryParseDatetime(value, format)).find((time) => time !== undefined)?.instantMs
  const times = ['T', ' '].flatMap((between) =>
    ['', '.005', '.000005'].flatMap((fraction) =>
      ['', 'Z', '+02:00', '+0200'].map((zone) => `2026-01-02${between}03:04:05${fraction}${zone}`),
    ),
  )
  const expected = (value: string) => Date.parse(value.replace(/:05(\.\d+)?$/, '$&Z').replace(/(\d\d)(\d\d)$/, '$1:$2'))
  expect(times.map((value) => [value, read(value)])).toEqual(times.map((value) => [value, expected(value)]))
  expect(read('2026-01-02')).toBe(Date.UTC(2026, 0, 2))
})

it('a page has only a size that somebody says: with another one the stream would end after the first', () => {
  for (const pagination of ['page', 'offset'] as const) {
    const sizes = (more: object) =>
      starterManifest({ ...stream, authentication: 'none', pagination, ...more }).match(/page_size: \d+/g)
    expect(sizes({})).toBeNull()
    expect(sizes({ sizeParameter: 'limit' })).toEqual(['page_size: 100'])
    expect(sizes({ pageSize: 25 })).toEqual(['page_size: 25'])
  }
})

it('whatever the parts of a cursor are called, its template can be read, also where one of them is null', async () => {
  const cursorPath = ["it's", 'a "b" \\']
  const text = starterManifest({ ...stream, authentication: 'none', pagination: 'cursor', cursorPath })
  expect((await readManifestDraft('/nowhere/manifest.yaml', text, 'm.yaml')).remarks).toEqual([])
  const template = /cursor_value: (.*)/.exec(text)?.[1] ?? ''
  const made = new JinjaEnvironment().compile({ name: 'cursor', source: JSON.parse(template) as string })
  expect(made.renderSync({ response: { "it's": { 'a "b" \\': 'next' } } })).toBe('next')
  expect(made.renderSync({ response: { "it's": null } })).toBe('None')
})
