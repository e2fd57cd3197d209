import { expect, it } from 'vitest'
import type { Mapping } from '../component-contract.js'
import { openSource } from '../source/index.js'
import { collected, manifestOf, scriptedApi, streamOf } from '../testing/scripted-api.js'

/** What the CDK 7.39.1 keeps, and asks for, of a stream below another one with two records (`/parents`, at 2024-03-15). */
const option = (field_name: string) => ({ type: 'RequestOption', inject_into: 'request_parameter', field_name })
const days = {
  type: 'DatetimeBasedCursor',
  cursor_field: 'updated',
  datetime_format: '%Y-%m-%d',
  start_datetime: '2024-01-20',
  start_time_option: option('from'),
}
const partition = (pid: number) => ({ parent_slice: {}, pid })
const states = (...values: readonly (readonly [pid: number, updated: string])[]) =>
  values.map(([pid, updated]) => ({ partition: partition(pid), cursor: { updated } }))
const kept = { use_global_cursor: false, lookback_window: 86_400, state: { updated: '2024-02-25' } }
const parent_state = { parents: { updated: '2024-02-01' } }
const read = { parents: { updated: '2024-02-05' } }

interface Case {
  readonly cursor?: Mapping
  readonly dependsOnParent?: boolean
  readonly fails?: boolean
  readonly before?: Mapping
  /** From when each partition was read. */
  readonly asked: string
  readonly after: Mapping
}

const table: readonly (readonly [name: string, facts: Case])[] = [
  [
    'no state',
    {
      asked: '1:01-20 2:01-20',
      after: {
        use_global_cursor: false,
        states: states([1, '2024-02-05'], [2, '2024-02-05']),
        state: { updated: '2024-02-05' },
        lookback_window: 0,
        parent_state: {},
      },
    },
  ],
  [
    'an old state, of all partitions',
    {
      before: { updated: '2024-02-11' },
      asked: '1:02-11 2:02-11',
      after: {
        use_global_cursor: false,
        states: states([1, '2024-02-11'], [2, '2024-02-11']),
        state: { updated: '2024-02-11' },
        lookback_window: 0,
        parent_state: {},
      },
    },
  ],
  [
    'partitions that are known, and others',
    {
      before: { ...kept, states: states([1, '2024-02-20'], [99, '2024-02-21']) },
      asked: '1:02-20 2:02-24',
      after: {
        use_global_cursor: false,
        states: states([1, '2024-02-20'], [99, '2024-02-21'], [2, '2024-02-24']),
        state: { updated: '2024-02-25' },
        lookback_window: 0,
        parent_state: {},
      },
    },
  ],
  [
    'a parent that is read on',
    {
      dependsOnParent: true,
      before: { ...kept, states: states([1, '2024-02-20']), parent_state },
      asked: '1:02-20 2:02-24 parents:02-01',
      after: {
        use_global_cursor: false,
        states: states([1, '2024-02-20'], [2, '2024-02-24']),
        state: { updated: '2024-02-25' },
        lookback_window: 0,
        parent_state: read,
      },
    },
  ],
  [
    'one state for all',
    {
      cursor: { global_substream_cursor: true },
      dependsOnParent: true,
      asked: '1:01-20 2:01-20 parents:01-20',
      after: { use_global_cursor: true, state: { updated: '2024-02-05' }, lookback_window: 0, parent_state: read },
    },
  ],
  [
    'a partition that fails',
    {
      fails: true,
      asked: '1:01-20 2:01-20',
      after: {
        use_global_cursor: false,
        states: states([1, '2024-02-05'], [2, '2024-01-20']),
        lookback_window: 0,
        parent_state: {},
      },
    },
  ],
]

it.each(table)(
  'keeps the state that the CDK keeps: %s',
  async (_, { cursor, dependsOnParent, fails, before, asked, after }) => {
    const found: string[] = []
    const api = scriptedApi((url) => {
      const [, of = '', pid] = url.pathname.split('/')
      if (url.searchParams.has('from')) found.push(`${pid ?? of}:${url.searchParams.get('from')?.slice(5)}`)
      if (fails && pid === '2') return { status: 403, body: {} }
      return {
        data: [
          { id: 1, updated: '2024-01-21' },
          { id: 2, updated: '2024-02-05' },
        ],
      }
    })
    const parents = streamOf('parents', dependsOnParent ? { incremental_sync: days } : {})
    const router = {
      type: 'SubstreamPartitionRouter',
      parent_stream_configs: [
        {
          type: 'ParentStreamConfig',
          stream: parents,
          parent_key: 'id',
          partition_field: 'pid',
          incremental_dependency: dependsOnParent ?? false,
        },
      ],
    }
    const requester = { type: 'HttpRequester', url_base: 'http://api.test', path: '/kids/{{ stream_partition.pid }}' }
    const kids = streamOf('kids', {
      incremental_sync: { ...days, ...cursor },
      retriever: { requester, partition_router: router },
    })
    const source = openSource({ manifest: manifestOf({ streams: [kids] }), config: {}, services: api.services })
    const events = await collected(source.read([{ stream: { name: 'kids', syncMode: 'incremental' }, state: before }]))
    expect(events.filter((event) => event.type === 'state').at(-1)?.state).toEqual(after)
    expect(found.toSorted().join(' ')).toBe(asked)
  },
)
