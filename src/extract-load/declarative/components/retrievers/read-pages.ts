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
} from '../../component-contract.js'
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
  /** A page may be asked for while the records of the one before are dealt with; not where somebody counts pages, or its body is read as it comes. */
  readonly asksAhead: boolean
  readonly signal: AbortSignal | undefined
  tracker(): PageTracker
  pageSize(): PageSize | undefined
}

/** What is known of a page while it is read. */
export interface PageProgress {
  /** A response that need not be asked for, or was. */
  given: HttpResponse | Promise<HttpResponse | undefined> | undefined
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
  let given: PageProgress['given'] = first

  try {
    for (let pages = 0; ; ) {
      reader.signal?.throwIfAborted()
      const page: PageProgress = {
        given,
        response: undefined,
        count: 0,
        lastRecord: undefined,
        tally: { extracted: 0 },
      }
      const pageSizeOverride = size?.override()
      let isReset = false
      // The last of a page go on once it is known whether there is a next one, and that is asked for.
      let last: readonly RecordData[] = []
      try {
        for await (const records of readPage(reader, page, { slice, token, pageSizeOverride, original })) {
          tracker.observe(records, slice)
          if (last.length > 0) yield last
          last = records
        }
        given = undefined
      } catch (error) {
        if (last.length > 0) yield last
        last = []
        if (error instanceof PaginationReset) isReset = true
        else if (error instanceof PageSizeReduction) {
          if (!size) throw reductionUnknown(reader.stream, error)
          if (page.count > 0) throw reductionTooLate(reader.stream, error)
          await size.reduce(error.explanation)
          continue
        } else throw error
      }
      if (!isReset) size?.pageCame()
      const isOver = !isReset && (!page.response || ++pages >= reader.maxPages)
      if (isOver || isReset || tracker.isFull()) {
        if (last.length > 0) yield last
        if (isOver) return
        token = paginator.initialToken()
        slice = tracker.begin(slice, original)
        given = undefined
        continue
      }
      let failure: { readonly error: unknown } | undefined
      try {
        token = await nextToken(reader, page, { token, pageSizeOverride, slice }, notice)
        if (token && reader.asksAhead)
          given = askedAhead(reader, { slice, original, token, pageSizeOverride: undefined })
      } catch (error) {
        failure = { error }
      }
      if (last.length > 0) yield last
      if (failure) throw failure.error
      if (!token) return
    }
  } finally {
    // Who leaves may leave one on its way.
    await Promise.resolve(given).catch(() => {})
  }
}

async function nextToken(
  { paginator }: PageReader,
  page: PageProgress,
  asked: Pick<AskedPage, 'slice' | 'token' | 'pageSizeOverride'>,
  notice: ReturnType<typeof endlessPages>,
): Promise<Mapping | undefined> {
  const response = page.response as HttpResponse
  const lastTokenValue = asked.token?.next_page_token
  await notice(response, lastTokenValue, page.tally.extracted)
  return paginator.nextPageToken({
    response,
    lastPageSize: page.count,
    extractedCount: page.tally.extracted,
    pageSizeOverride: asked.pageSizeOverride,
    lastRecord: page.lastRecord,
    lastTokenValue,
    slice: asked.slice,
  })
}

/** What goes wrong is told to who reads the page, and to nobody before. */
function askedAhead(reader: PageReader, asked: AskedPage): Promise<HttpResponse | undefined> {
  const response = askPage(reader, asked)
  response.catch(() => {})
  return response
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
  reader: PageReader,
  page: PageProgress,
  asked: AskedPage,
): AsyncGenerator<readonly RecordData[]> {
  const { selector, paginator } = reader
  page.response = await (page.given ?? askPage(reader, asked))
  if (!page.response) return
  await paginator.openPage?.(page.response, asked.slice)
  page.tally = { extracted: 0 }
  yield* selector.select(page.response, { slice: asked.original }, page.tally)
}

async function askPage(
  { requester, paginator, sliceOptions, ignoresSliceOptionsLater }: PageReader,
  { slice, token, pageSizeOverride }: AskedPage,
): Promise<HttpResponse | undefined> {
  const place = { slice, nextPageToken: token }
  const own = paginator.requestOptions({ ...place, pageSizeOverride })
  return requester.send({
    ...place,
    path: paginator.path(place),
    options: token && ignoresSliceOptionsLater ? own : mergedOptions(own, sliceOptions.requestOptions(place)),
  })
}
