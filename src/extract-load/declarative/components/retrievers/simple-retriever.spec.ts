import { describe, expect, it } from 'vitest'
import type { RetrieverGiven } from '../../component.js'
import type { LastPage, RecordData, SourceServices, StreamCursor, StreamSlice } from '../../component-contract.js'
import { emptySlice } from '../../state/interval-cursor.js'
import { type ScriptedAnswer, scriptedResponse, scriptedScope } from '../../testing/scripted-scope.js'

const cursorOf = (more: Partial<StreamCursor> = {}): StreamCursor => ({
  async *slices() {
    yield emptySlice
  },
  requestOptions: () => ({}),
  shouldBeSynced: () => true,
  observe: () => undefined,
  closeSlice: () => false,
  finish: () => undefined,
  state: () => ({}),
  cursorField: undefined,
  ...more,
})

const requester = { type: 'HttpRequester', url_base: 'http://api.test/', path: 'items', http_method: 'GET' }
const selector = { type: 'RecordSelector', extractor: { type: 'DpathExtractor', field_path: ['data'] } }
const option = (name: string) => ({ type: 'RequestOption', inject_into: 'request_parameter', field_name: name })
const paged = (strategy: object, more: object = {}) => ({
  type: 'DefaultPaginator',
  pagination_strategy: strategy,
  page_token_option: option('page'),
  ...more,
})
const page = (...ids: number[]): ScriptedAnswer => ({ json: { data: ids.map((id) => ({ id })) } })

interface Asked {
  readonly definition?: object
  readonly script: readonly ScriptedAnswer[]
  readonly given?: Partial<RetrieverGiven>
  readonly slice?: StreamSlice
  readonly limits?: SourceServices['limits']
  readonly services?: Partial<SourceServices>
}

function reading({ definition, script, given, slice = emptySlice, limits, services }: Asked) {
  const scope = scriptedScope({ script, services: { ...services, ...(limits && { limits }) } })
  const retriever = scope.build(
    'retriever',
    { type: 'SimpleRetriever', requester, record_selector: selector, ...definition },
    {
      name: 's',
      primaryKey: [],
      cursor: cursorOf(),
      transformations: [],
      isDataFeed: false,
      isAuxiliary: false,
      ...given,
    },
  )
  const records: RecordData[] = []
  const all = async () => {
    for await (const batch of retriever.readSlice(slice)) records.push(...structuredClone([...batch]))
    return records.map(({ id }) => id)
  }
  return { all, records, scope, urls: () => scope.requests.map(({ url }) => url.replace('http://api.test/', '')) }
}

describe('pages without an end', () => {
  it('are noticed by a token that leads to the same page again', async () => {
    const again: ScriptedAnswer = { json: { data: [{ id: 1 }], next: 'a' } }
    const definition = { paginator: paged({ type: 'CursorPagination', cursor_value: '{{ response.next }}' }) }
    const { all, urls } = reading({ definition, script: Array.from({ length: 9 }, () => again) })
    await expect(all()).rejects.toThrow("The pages of stream `s` have no end. The page for 'a' came again")
    expect(urls()).toHaveLength(4)
  })

  it('are noticed by pages that do not care for their number', async () => {
    const definition = { paginator: paged({ type: 'PageIncrement', page_size: 1 }) }
    const { all, urls } = reading({ definition, script: Array.from({ length: 40 }, () => page(1)) })
    await expect(all()).rejects.toThrow('20 pages in a row were the same')
    expect(urls()).toHaveLength(20)
  })

  it('are none where an API keeps its place by itself', async () => {
    const scroll = (...ids: number[]): ScriptedAnswer => ({ json: { data: ids.map((id) => ({ id })), scroll: 'x' } })
    const definition = {
      paginator: paged({
        type: 'CursorPagination',
        cursor_value: '{{ response.scroll }}',
        stop_condition: '{{ not response.data }}',
      }),
    }
    const { all } = reading({ definition, script: [scroll(1), scroll(2), scroll(3), scroll(4), scroll()] })
    expect(await all()).toEqual([1, 2, 3, 4])
  })
})

it('shows a paginator the body as it came, whatever becomes of its records', async () => {
  const definition = {
    paginator: paged({
      type: 'CursorPagination',
      cursor_value: '{{ response.data[-1].id if last_page_size == 2 else "" }}',
    }),
  }
  const transformation = { transform: (record: RecordData) => void delete record.id }
  const { all, urls } = reading({
    definition,
    script: [page(1, 2), page(3)],
    given: { transformations: [transformation] },
  })
  await all()
  expect(urls()).toEqual(['items', 'items?page=2'])
})

it('stops a data feed at the first page with what was synced, and drops that', async () => {
  const definition = { paginator: paged({ type: 'PageIncrement', page_size: 2, start_from_page: 1 }) }
  const cursor = cursorOf({ shouldBeSynced: (record) => (record.id as number) > 3 })
  const { all, urls } = reading({
    definition,
    script: [page(6, 5), page(4, 3), page(2, 1)],
    given: { cursor, isDataFeed: true },
  })
  expect(await all()).toEqual([6, 5, 4])
  expect(urls()).toEqual(['items', 'items?page=2'])
})

it('begins with the page that came with a parent', async () => {
  const definition = {
    paginator: paged(
      { type: 'CursorPagination', cursor_value: '{{ response.next }}' },
      { page_token_option: { type: 'RequestPath' } },
    ),
  }
  const child = scriptedResponse({ json: { data: [{ id: 1 }], next: '/more' } })
  const slice = { ...emptySlice, extraFields: { child_response: child } }
  const { all, urls } = reading({ definition, slice, script: [page(2)] })
  expect(await all()).toEqual([1, 2])
  expect(urls()).toEqual(['more'])
})

it('reads as many pages as a preview wants', async () => {
  const definition = { paginator: paged({ type: 'PageIncrement', page_size: 1 }) }
  const limits = { slices: 1, pagesPerSlice: 2, records: 10 }
  const { all } = reading({ definition, limits, script: [page(1), page(2), page(3)] })
  expect(await all()).toEqual([1, 2])
})

it('reads all pages of what a schema or a list of streams is made of, also for a preview', async () => {
  const definition = { paginator: paged({ type: 'PageIncrement', page_size: 1 }) }
  const limits = { slices: 1, pagesPerSlice: 2, records: 10 }
  const { all } = reading({
    definition,
    limits,
    given: { isReadWhole: true },
    script: [page(1), page(2), page(3), page()],
  })
  expect(await all()).toEqual([1, 2, 3])
})

describe('records that stay in their body', () => {
  const packed = (strategy: object, custom?: SourceServices['custom']) =>
    reading({
      definition: { paginator: paged(strategy) },
      given: { cursor: cursorOf({ uses: {} }) },
      services: { packsRecords: true, custom },
      script: [page(1), page(2), page()],
    })

  it('do so where no paginator looks at them', async () => {
    const { all, urls } = packed({ type: 'PageIncrement', page_size: 1 })
    expect(await all()).toEqual([undefined, undefined])
    expect(urls()).toHaveLength(3)
  })

  it('do not where a template looks at the last one', async () => {
    const { all, urls } = packed({ type: 'CursorPagination', cursor_value: '{{ last_record.id }}' })
    expect(await all()).toEqual([1, 2])
    expect(urls()).toEqual(['items', 'items?page=1', 'items?page=2'])
  })

  it('do not where a strategy of somebody else may look at them', async () => {
    const strategy = () => ({
      initialToken: () => undefined,
      pageSize: () => undefined,
      nextPageToken: async ({ lastRecord }: LastPage) => lastRecord?.id,
    })
    const { all, urls } = packed(
      { type: 'CustomPaginationStrategy', class_name: 'source.components.ById' },
      new Map([['ById', strategy]]),
    )
    expect(await all()).toEqual([1, 2])
    expect(urls()).toEqual(['items', 'items?page=1', 'items?page=2'])
  })
})

describe('windows that are too large', () => {
  const window = (start: number, end: number): StreamSlice => ({ ...emptySlice, cursorSlice: { start, end } })
  const splitting = {
    requester: {
      ...requester,
      request_parameters: { from: '{{ stream_slice.start }}', to: '{{ stream_slice.end }}' },
      error_handler: {
        type: 'DefaultErrorHandler',
        response_filters: [{ type: 'HttpResponseFilter', http_codes: [413], action: 'SPLIT_REQUEST_WINDOW' }],
      },
    },
    request_window_splitting: {
      type: 'RequestWindowSplitting',
      min_split_window: 'PT2S',
      failure_message: 'Ask for less.',
    },
  }
  const cursor = cursorOf({
    split: ({ cursorSlice }, least) => {
      const { start, end } = cursorSlice as { start: number; end: number }
      const middle = Math.floor((start + end) / 2)
      return end - start > (least ?? 0) ? [window(start, middle), window(middle, end)] : undefined
    },
  })
  const refused: ScriptedAnswer = { status: 413, json: {} }

  it('are read in parts, one after the other', async () => {
    const script = [refused, page(1), refused, page(2), page(3)]
    const { all, urls } = reading({ definition: splitting, given: { cursor }, slice: window(0, 8), script })
    expect(await all()).toEqual([1, 2, 3])
    expect(urls()).toEqual(['0&to=8', '0&to=4', '4&to=8', '4&to=6', '6&to=8'].map((range) => `items?from=${range}`))
  })

  it('fail where they cannot be split any further', async () => {
    const { all, urls } = reading({
      definition: splitting,
      given: { cursor },
      slice: window(0, 4),
      script: [refused, refused],
    })
    await expect(all()).rejects.toThrow(
      'The API refuses the window of stream `s`, and it cannot be split any further. Ask for less.',
    )
    expect(urls()).toHaveLength(2)
  })
})

it('asks for what paginator and cursor want, and refuses that both want the same', async () => {
  const definition = { paginator: paged({ type: 'PageIncrement', inject_on_first_request: true }) }
  const withParams = (params: Record<string, string>) => cursorOf({ requestOptions: () => ({ params }) })
  const apart = reading({ definition, given: { cursor: withParams({ since: '2024' }) }, script: [page()] })
  await apart.all()
  expect(apart.urls()).toEqual(['items?page=0&since=2024'])
  const same = reading({ definition, given: { cursor: withParams({ page: '7' }) }, script: [page()] })
  await expect(same.all()).rejects.toThrow('Two components put a value at the same place of a request: `page`.')
})

it('leaves away what the cursor wants of later pages where the manifest says so', async () => {
  const definition = {
    paginator: paged({ type: 'PageIncrement', page_size: 1 }),
    ignore_stream_slicer_parameters_on_paginated_requests: true,
  }
  const cursor = cursorOf({ requestOptions: () => ({ params: { since: '2024' } }) })
  const { all, urls } = reading({ definition, given: { cursor }, script: [page(1), page()] })
  await all()
  expect(urls()).toEqual(['items?since=2024', 'items?page=1'])
})
