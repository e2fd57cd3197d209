import type {
  HttpResponse,
  Mapping,
  PageTally,
  Paginator,
  QueryProperties,
  RecordData,
  RecordSelector,
  Requester,
  RequestOptionsProvider,
  StreamSlice,
} from '../../contract.js'
import { PageSizeReduction, PaginationReset } from '../../http/signals.js'
import { endlessPages } from './endless-pages.js'
import type { PageSize } from './page-size-reduction.js'
import type { PageTracker } from './pagination-reset.js'
import { readPropertyChunks } from './property-chunks.js'
import { mergedOptions } from './request-options.js'
import { reductionTooLate, reductionUnknown } from './unsupported.js'

export interface PageReader {
  readonly stream: string
  readonly requester: Requester
  readonly selector: RecordSelector
  readonly paginator: Paginator
  readonly sliceOptions: RequestOptionsProvider
  /** The later pages are asked for by their token alone. */
  readonly ignoresSliceOptionsLater: boolean
  readonly properties: QueryProperties | undefined
  readonly maxPages: number
  readonly signal: AbortSignal | undefined
  tracker(): PageTracker
  pageSize(): PageSize | undefined
}

/** What is known of a page while it is read. */
export interface PageProgress {
  /** A response that need not be asked for. */
  given: HttpResponse | undefined
  response: HttpResponse | undefined
  count: number
  lastRecord: RecordData | undefined
  tally: PageTally
}

/** @param first a page that is there already, from within the record of a parent */
export async function* readPages(
  reader: PageReader,
  original: StreamSlice,
  first?: HttpResponse,
): AsyncGenerator<readonly RecordData[]> {
  const { paginator } = reader
  const tracker = reader.tracker()
  const size = reader.pageSize()
  const notice = endlessPages(reader.stream)
  let slice = original
  let token = first ? undefined : paginator.initialToken()
  let given = first

  for (let pages = 0; ; ) {
    reader.signal?.throwIfAborted()
    const page: PageProgress = { given, response: undefined, count: 0, lastRecord: undefined, tally: { extracted: 0 } }
    const pageSizeOverride = size?.override()
    let isReset = false
    try {
      for await (const records of readPage(reader, page, { slice, token, pageSizeOverride, original })) {
        tracker.observe(records, slice)
        yield records
      }
      given = undefined
    } catch (error) {
      if (error instanceof PaginationReset) isReset = true
      else if (error instanceof PageSizeReduction) {
        if (!size) throw reductionUnknown(reader.stream, error)
        if (page.count > 0) throw reductionTooLate(reader.stream, error)
        await size.reduce(error.explanation)
        continue
      } else throw error
    }
    if (!isReset) {
      size?.pageCame()
      if (!page.response || ++pages >= reader.maxPages) return
    }
    if (isReset || tracker.isFull()) {
      token = paginator.initialToken()
      slice = tracker.begin(slice, original)
      continue
    }
    const response = page.response as HttpResponse
    await notice(response, token?.next_page_token, page.tally.extracted)
    token = await paginator.nextPageToken({
      response,
      lastPageSize: page.count,
      extractedCount: page.tally.extracted,
      pageSizeOverride,
      lastRecord: page.lastRecord,
      lastTokenValue: token?.next_page_token,
      slice,
    })
    if (!token) return
  }
}

interface AskedPage {
  readonly slice: StreamSlice
  readonly original: StreamSlice
  readonly token: Mapping | undefined
  readonly pageSizeOverride: number | undefined
}

async function* readPage(
  reader: PageReader,
  page: PageProgress,
  asked: AskedPage,
): AsyncGenerator<readonly RecordData[]> {
  const ask = (slice: StreamSlice) => readResponse(reader, page, { ...asked, slice })
  const batches = reader.properties ? readPropertyChunks(reader.properties, asked.slice, ask) : ask(asked.slice)
  for await (const records of batches) {
    page.count += records.length
    page.lastRecord = records.at(-1)
    yield records
  }
}

async function* readResponse(
  { requester, selector, paginator, sliceOptions, ignoresSliceOptionsLater }: PageReader,
  page: PageProgress,
  { slice, original, token, pageSizeOverride }: AskedPage,
): AsyncGenerator<readonly RecordData[]> {
  const place = { slice, nextPageToken: token }
  const own = paginator.requestOptions({ ...place, pageSizeOverride })
  page.response =
    page.given ??
    (await requester.send({
      ...place,
      path: paginator.path(place),
      options: token && ignoresSliceOptionsLater ? own : mergedOptions(own, sliceOptions.requestOptions(place)),
    }))
  if (!page.response) return
  await paginator.openPage?.(page.response, slice)
  page.tally = { extracted: 0 }
  yield* selector.select(page.response, { slice: original }, page.tally)
}
