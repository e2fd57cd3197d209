import { expect, it } from 'vitest'
import type { Mapping, SourceEvent } from '../contract.js'
import { openSource } from './index.js'
import { collected, manifestOf, scriptedApi, streamOf } from './scripted-api.js'

const configured = (name: string, state?: Mapping) => ({
  stream: { name, syncMode: 'incremental' as const },
  state,
})

const short = (event: SourceEvent): unknown => {
  if (event.type === 'status') return event.status
  if (event.type === 'records') return event.records
  if (event.type === 'state') return event.state
  if (event.type === 'error') return `${event.stream ?? 'all'}: ${event.failureType}`
  return event.type
}

it('tells a stream from its start to its end', async () => {
  const api = scriptedApi(() => ({ data: [{ id: 1, gone: null, kept: { inner: null } }] }))
  const source = openSource({
    manifest: manifestOf({ streams: [streamOf('users')] }),
    config: {},
    services: api.services,
  })
  expect((await collected(source.read([configured('users')]))).map(short)).toEqual([
    'STARTED',
    'RUNNING',
    [{ id: 1, kept: { inner: null } }],
    { __ab_no_cursor_state_message: true },
    'COMPLETE',
  ])
})

it('goes on with other streams when one fails, and says at the end that the sync did', async () => {
  const api = scriptedApi((url) => (url.pathname === '/bad' ? { status: 403, body: {} } : { data: [{ id: 1 }] }))
  const source = openSource({
    manifest: manifestOf({ streams: [streamOf('bad'), streamOf('good')] }),
    config: {},
    services: api.services,
  })
  const events = await collected(source.read(['bad', 'nowhere', 'good'].map((name) => configured(name))))
  const statuses = events.flatMap((event) => (event.type === 'status' ? [`${event.stream} ${event.status}`] : []))
  expect(statuses.filter((status) => !status.endsWith('STARTED')).toSorted()).toEqual([
    'bad INCOMPLETE',
    'good COMPLETE',
    'good RUNNING',
    'nowhere INCOMPLETE',
  ])
  expect(events.filter((event) => event.type === 'error').map(short)).toEqual([
    'bad: config_error',
    'all: config_error',
  ])
})

it('ends what is under way when nobody reads any more', async () => {
  const api = scriptedApi(() => ({ data: [{ id: 1 }] }))
  const list = { type: 'ListPartitionRouter', cursor_field: 'n', values: Array.from({ length: 1000 }, (_, n) => n) }
  const source = openSource({
    manifest: manifestOf({ streams: [streamOf('many', { retriever: { partition_router: list } })] }),
    config: {},
    services: api.services,
  })
  for await (const event of source.read([configured('many')])) if (event.type === 'records') break
  expect(api.requests.length).toBeLessThan(20)
})
