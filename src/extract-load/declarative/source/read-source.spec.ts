import { expect, it } from 'vitest'
import type { Mapping, SourceEvent } from '../component-contract.js'
import { collected, manifestOf, scriptedApi, streamOf } from '../testing/scripted-api.js'
import { openSource } from './index.js'

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

it('ends with an error when it is cancelled', async () => {
  const cancel = new AbortController()
  const api = scriptedApi(() => ({ data: [{ id: 1 }] }))
  const list = { type: 'ListPartitionRouter', cursor_field: 'n', values: Array.from({ length: 1000 }, (_, n) => n) }
  const source = openSource({
    manifest: manifestOf({ streams: [streamOf('many', { retriever: { partition_router: list } })] }),
    config: {},
    services: { ...api.services, signal: cancel.signal },
  })
  const reading = async () => {
    for await (const event of source.read([configured('many')])) if (event.type === 'records') cancel.abort()
  }
  await expect(reading()).rejects.toMatchObject({ code: 'ABORTED' })
  expect(api.requests.length).toBeLessThan(20)
})

it('reads as many slices at once as the manifest lets it', async () => {
  let [now, most] = [0, 0]
  const api = scriptedApi(() => ({ data: [] }))
  const list = { type: 'ListPartitionRouter', cursor_field: 'n', values: Array.from({ length: 30 }, (_, n) => n) }
  const transport = {
    send: async (...call: Parameters<typeof api.services.transport.send>) => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 1))
      now--
      return api.services.transport.send(...call)
    },
  }
  const source = openSource({
    manifest: manifestOf({
      concurrency_level: { type: 'ConcurrencyLevel', default_concurrency: 3 },
      streams: [streamOf('many', { retriever: { partition_router: list } })],
    }),
    config: {},
    services: { ...api.services, transport },
  })
  await collected(source.read([configured('many')]))
  expect([api.requests.length, most]).toEqual([30, 3])
})
