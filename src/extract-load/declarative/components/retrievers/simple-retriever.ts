import { type BuildScope, type ComponentDefinition, defineComponent, type RetrieverGiven } from '../../component.js'
import type { FieldUse, HttpResponse, Paginator, RecordData, StreamSlice } from '../../component-contract.js'
import { RequestWindowSplit } from '../../http/signals.js'
import { onePage } from '../paginators/no-pagination.js'
import { checkRetriever } from './check-retriever.js'
import { fixedSeconds } from './fixed-seconds.js'
import { reduciblePageSize } from './page-size-reduction.js'
import { pageTracker } from './pagination-reset.js'
import { requesterWithProperties } from './query-properties-of.js'
import { type PageReader, readPages } from './read-pages.js'
import { readSplitting, type WindowSplitting } from './request-window-splitting.js'
import { sharedDecoder } from './shared-decoder.js'
import { type SimpleRetrieverDefinition, simpleRetrieverSchema } from './simple-retriever-schema.js'
import { splitUnknown } from './unsupported.js'

/** Reads a slice page by page. */
export const simpleRetriever = defineComponent({
  type: 'SimpleRetriever',
  kind: 'retriever',
  schema: simpleRetrieverSchema,
  build(definition, scope, given) {
    checkRetriever(definition, given)
    const reader = pageReader(definition, scope, given)
    const splitting = windowSplitting(definition, scope, given)
    const pages = (slice: StreamSlice) => readPages(reader, slice, slice.extraFields.child_response as HttpResponse)

    return {
      readSlice(slice) {
        const records = splitting ? readSplitting(pages, slice, splitting) : unsplit(pages(slice), given.name)
        return given.isDataFeed ? notSynced(records, slice, given) : records
      },
    }
  },
})

function pageReader(definition: SimpleRetrieverDefinition, scope: BuildScope, given: RetrieverGiven): PageReader {
  const { name, cursor } = given
  const { services } = scope
  const decoder = scope.build('decoder', definition.decoder ?? { type: 'JsonDecoder' })
  const { forPaginator, forExtractor } = sharedDecoder(decoder)
  const extractor = definition.record_selector.extractor as ComponentDefinition
  const { properties, ...requester } = requesterWithProperties(definition.requester, scope, name)
  const paginator: Paginator = definition.paginator
    ? scope.build('paginator', definition.paginator, {
        decoder: forPaginator,
        extractor,
        urlBase: (place) => built.urlBase(place),
        stopsAt: given.isDataFeed ? cursor : undefined,
      })
    : onePage
  const selector = scope.build('record_selector', definition.record_selector, {
    ...given,
    decoder: forExtractor,
    packedFor: packedFor(paginator, given, services, properties !== undefined),
  })
  const built = scope.build('requester', requester.definition, {
    name,
    decoder: selector.isStreamed ? { ...decoder, isStreamed: true } : decoder,
    isAuxiliary: given.isAuxiliary,
    readFor: given.readFor,
    useCache: given.useCache,
    queryPropertiesKey: requester.key,
  })
  const { page_size_reduction: reduction } = definition
  return {
    stream: name,
    requester: built,
    selector,
    paginator,
    sliceOptions: cursor,
    ignoresSliceOptionsLater: definition.ignore_stream_slicer_parameters_on_paginated_requests ?? false,
    properties,
    maxPages: (given.isReadWhole ? undefined : services.limits?.pagesPerSlice) ?? Number.POSITIVE_INFINITY,
    asksAhead: services.asksAhead === true && !decoder.isStreamed && !properties && !reduction,
    signal: services.signal,
    tracker: () => pageTracker(definition.pagination_reset, cursor),
    pageSize: () => reduction && reduciblePageSize(reduction, paginator.pageSize(), name, services),
  }
}

/** What besides the selector looks at records on their way to who wants them packed; undefined where nobody does, or where it may be any field. */
function packedFor(
  paginator: Paginator,
  { cursor, isAuxiliary, isDataFeed, hasFiles, usedLater = [] }: RetrieverGiven,
  { packsRecords }: BuildScope['services'],
  hasChunks: boolean,
): readonly (FieldUse | undefined)[] | undefined {
  if (!packsRecords || isAuxiliary || isDataFeed || hasFiles || hasChunks) return undefined
  return [paginator.uses, cursor.uses, ...usedLater]
}

function windowSplitting(
  { request_window_splitting: definition }: SimpleRetrieverDefinition,
  { services }: BuildScope,
  { name, cursor }: RetrieverGiven,
): WindowSplitting | undefined {
  if (!definition) return undefined
  return {
    cursor,
    minSplitSeconds: definition.min_split_window ? fixedSeconds(definition.min_split_window) : undefined,
    failureMessage: definition.failure_message,
    stream: name,
    services,
  }
}

async function* unsplit(pages: AsyncIterable<readonly RecordData[]>, stream: string) {
  try {
    yield* pages
  } catch (error) {
    throw error instanceof RequestWindowSplit ? splitUnknown(stream, error) : error
  }
}

/** The page at which a data feed ends still has records that were synced before: they end it, and are dropped after that. */
async function* notSynced(
  pages: AsyncIterable<readonly RecordData[]>,
  slice: StreamSlice,
  { cursor }: RetrieverGiven,
): AsyncGenerator<readonly RecordData[]> {
  for await (const records of pages) {
    const kept = records.filter((record) => cursor.shouldBeSynced(record, slice))
    if (kept.length > 0) yield kept
  }
}
