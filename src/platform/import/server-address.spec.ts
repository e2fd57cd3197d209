import { expect, it } from 'vitest'
import { readFacts } from './airbyte/read-facts.js'
import { DagsterGraphql } from './dagster/graphql.js'

const wrong = [
  'airbyte',
  'localhost:8000',
  'ftp://host',
  'http://me:secret@host',
  'http://:secret@host',
  'me:secret@host',
]

it.each(wrong)('%s is refused, and no secret of it is shown', async (url) => {
  const server = { name: 'airbyte', url, credentials: { type: 'none' }, clock: { now: () => new Date(0) } }
  const asked = readFacts({ server: server as never, withStates: true })
  const error = (await asked.catch((thrown: unknown) => thrown)) as Error
  expect(error).toMatchObject({ code: 'IMPORT_URL_INVALID' })
  expect(JSON.stringify(error)).not.toContain('secret')
  expect(() => new DagsterGraphql({ url })).toThrow(expect.objectContaining({ code: 'IMPORT_URL_INVALID' }))
})

it('an address of any page is one', () => {
  expect(new DagsterGraphql({ url: 'http://localhost:3000/prefix/runs/1' }).endpoint).toBe(
    'http://localhost:3000/prefix/graphql',
  )
})
