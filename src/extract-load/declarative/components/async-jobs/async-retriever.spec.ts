import { expect, it } from 'vitest'
import type { Mapping, SourceEvent } from '../../component-contract.js'
import { openSource } from '../../source/index.js'
import { collected, manifestOf, scriptedApi, streamOf } from '../../testing/scripted-api.js'

const requester = (path: string, http_method = 'GET') => ({
  type: 'HttpRequester',
  url_base: 'http://api.test',
  path,
  http_method,
})
const at = (...field_path: string[]) => ({ type: 'DpathExtractor', field_path })
const retriever = {
  type: 'AsyncRetriever',
  record_selector: { type: 'RecordSelector', extractor: at('data') },
  status_mapping: {
    type: 'AsyncJobStatusMap',
    running: ['run'],
    completed: ['ok'],
    failed: ['bad'],
    timeout: [],
    skipped: ['none'],
  },
  status_extractor: at('state'),
  creation_requester: requester('/create', 'POST'),
  polling_requester: requester("/poll/{{ creation_response['id'] }}"),
  download_requester: requester('/file/{{ download_target }}'),
  download_target_extractor: at('urls'),
  download_extractor: at('data'),
}

/** @param statuses what the job is said to be, each time that it is asked for; the last one from then on */
async function read(statuses: readonly string[], { answers = {}, ...definition }: Mapping = {}) {
  let asked = 0
  const api = scriptedApi((url) => {
    const own = (answers as Mapping)[url.pathname]
    if (own) return own
    if (url.pathname === '/create') return { id: 7 }
    if (url.pathname.startsWith('/poll'))
      return { urls: ['a', 'b'], state: statuses[Math.min(asked++, statuses.length - 1)] }
    return { data: [{ id: url.pathname }] }
  })
  const stream = { ...streamOf('jobs'), retriever: { ...retriever, ...definition } }
  const source = openSource({ manifest: manifestOf({ streams: [stream] }), config: {}, services: api.services })
  const events = await collected(
    source.read([{ stream: { name: 'jobs', syncMode: 'full_refresh' }, state: undefined }]),
  )
  return { api, ids: events.flatMap(recordIds), last: events.filter((event) => event.type === 'status').at(-1)?.status }
}

const recordIds = (event: SourceEvent) => (event.type === 'records' ? event.records.map((record) => record.id) : [])

it('asks at once whether a job is ready, then every 5 seconds, and fetches each of its results', async () => {
  const { api, ids } = await read(['run', 'run', 'ok'])
  expect(ids).toEqual(['/file/a', '/file/b'])
  expect(api.requests).toEqual([
    'POST /create',
    'GET /poll/7',
    'GET /poll/7',
    'GET /poll/7',
    'GET /file/a',
    'GET /file/b',
  ])
  expect(api.waits).toEqual([5, 5, 5])
})

it('tries a job that fails three times', async () => {
  const { api, last } = await read(['bad'])
  expect(api.requests.filter((request) => request === 'POST /create')).toHaveLength(3)
  expect(last).toBe('INCOMPLETE')
})

it('waits as long as the manifest says before a job is tried again', async () => {
  const { api, ids } = await read(['bad', 'ok'], { failed_retry_wait_time_in_seconds: 12 })
  expect(ids).toHaveLength(2)
  expect(api.waits).toEqual([5, 5, 5, 5, 5])
})

it('stops a job that is not ready in time, and gives up after its tries', async () => {
  const { api, last } = await read(['run'], { polling_job_timeout: 1, abort_requester: requester('/abort', 'POST') })
  expect(api.requests.filter((request) => request === 'POST /create')).toHaveLength(3)
  expect(api.requests.at(-1)).toBe('POST /abort')
  expect(last).toBe('INCOMPLETE')
})

it('takes a job without data for one that is done', async () => {
  const { ids, last } = await read(['none'])
  expect([ids, last]).toEqual([[], 'COMPLETE'])
})

it('does not try again what the API refuses for who asks', async () => {
  const { api, last } = await read(['ok'], { answers: { '/create': { status: 401, body: {} } } })
  expect(api.requests).toEqual(['POST /create'])
  expect(last).toBe('INCOMPLETE')
})

const jobs = (name: string, rest: Mapping = {}) => ({
  ...streamOf(name),
  retriever: {
    ...retriever,
    creation_requester: requester(`/${name}/create`, 'POST'),
    polling_requester: requester(`/${name}/poll`),
    download_requester: requester(`/${name}/file`),
    ...rest,
  },
})

it('reads jobs whose slices are found by jobs', async () => {
  const api = scriptedApi((url) => {
    if (url.pathname.endsWith('create')) return { id: 7 }
    return url.pathname.endsWith('poll') ? { urls: ['a'], state: 'ok' } : { data: [{ id: url.pathname }] }
  })
  const router = {
    type: 'SubstreamPartitionRouter',
    parent_stream_configs: [
      { type: 'ParentStreamConfig', stream: jobs('parent'), parent_key: 'id', partition_field: 'p' },
    ],
  }
  const manifest = manifestOf({ streams: [jobs('child', { partition_router: router })] })
  const source = openSource({ manifest, config: {}, services: api.services })
  const events = await collected(
    source.read([{ stream: { name: 'child', syncMode: 'full_refresh' }, state: undefined }]),
  )
  expect(events.flatMap(recordIds)).toEqual(['/child/file'])
})

it('starts each job once, also where the search for slices fails after it', async () => {
  const api = scriptedApi((url) => {
    if (url.pathname === '/create') return { id: 7 }
    if (url.pathname.startsWith('/poll')) return { urls: ['a'], state: 'ok' }
    if (url.pathname !== '/parents') return { data: [{ id: url.pathname }] }
    return url.searchParams.get('page') ? { status: 403, body: {} } : { data: [{ id: 1 }, { id: 2 }] }
  })
  const parents = streamOf('parents', {
    retriever: {
      paginator: {
        type: 'DefaultPaginator',
        page_token_option: { type: 'RequestOption', inject_into: 'request_parameter', field_name: 'page' },
        pagination_strategy: { type: 'PageIncrement', page_size: 2, start_from_page: 1 },
      },
    },
  })
  const router = {
    type: 'SubstreamPartitionRouter',
    parent_stream_configs: [{ type: 'ParentStreamConfig', stream: parents, parent_key: 'id', partition_field: 'p' }],
  }
  const stream = { ...streamOf('jobs'), retriever: { ...retriever, partition_router: router } }
  const source = openSource({ manifest: manifestOf({ streams: [stream] }), config: {}, services: api.services })
  await collected(source.read([{ stream: { name: 'jobs', syncMode: 'full_refresh' }, state: undefined }]))
  expect(api.requests.filter((request) => request === 'POST /create')).toHaveLength(1)
})
