import type { JsonSchema } from '../../contract.js'
import type { HttpResponse, RequestOptions, RequestPlace } from './http.js'
import type { FieldPath, Mapping, RecordData, StreamSlice } from './values.js'

export interface RecordExtractor {
  /** The keys at whose end the records are the items of a list; undefined where they are found in another way. */
  readonly listPath?: readonly string[] | undefined
  /** It reads bodies itself, as they come. */
  readonly isStreamed?: boolean | undefined
  /** @param tally told of records that the response held and that are not handed on */
  extract(response: HttpResponse, tally?: PageTally): AsyncIterable<readonly RecordData[]>
}

/** Makes records of the lists that lie within records. */
export interface RecordExpander {
  expand(records: readonly RecordData[]): AsyncIterable<readonly RecordData[]>
}

/** Makes the values of a record what the schema of its stream says, in place. */
export interface SchemaNormalization {
  normalize(record: RecordData, schema: JsonSchema): void
}

export interface RecordFilter {
  /** All that it looks at; undefined where it may look at any field. */
  readonly uses?: FieldUse | undefined
  filter(records: readonly RecordData[], place: RequestPlace): readonly RecordData[]
}

/** Of the fields at the top of a record: which somebody looks at, or at what within them, and which become others. What is not known is left out. */
export interface FieldUse {
  readonly reads?: readonly FieldPath[]
  readonly writes?: readonly string[]
  readonly removes?: readonly string[]
}

export interface RecordTransformation {
  /** All that it does; undefined where it may look at any field, or change any. */
  readonly uses?: FieldUse | undefined
  transform(record: RecordData, place: RequestPlace): void
}

export interface RecordSelector {
  /** It reads bodies itself, as they come: there is nothing for the decoder. */
  readonly isStreamed?: boolean | undefined
  /** What its filters and transformations look at and do; undefined where that may be any field. */
  readonly uses: readonly (FieldUse | undefined)[]
  /** The records of a response, filtered and transformed. @param tally told of what the response held before any filter */
  select(response: HttpResponse, place: RequestPlace, tally?: PageTally): AsyncIterable<readonly RecordData[]>
  /** Filters and transforms what was extracted elsewhere (async jobs). */
  refine(records: readonly RecordData[], place: RequestPlace): AsyncIterable<readonly RecordData[]>
}

/** Counts the records of one page as they are extracted. */
export interface PageTally {
  extracted: number
}

export interface LastPage {
  readonly response: HttpResponse
  /** Of the records that were handed on. */
  readonly lastPageSize: number
  /** Of the records that the response held, before any filter. */
  readonly extractedCount: number
  /** What was asked for in place of the configured size, while pages are made smaller. */
  readonly pageSizeOverride?: number | undefined
  readonly lastRecord: RecordData | undefined
  /** The value of the token that asked for this page. */
  readonly lastTokenValue: unknown
  readonly slice?: StreamSlice | undefined
}

export interface PaginationStrategy {
  /** All that it looks at of the last record of a page; undefined where it may look at any field. */
  readonly uses?: FieldUse | undefined
  /** Undefined: the first page is asked for without a token. */
  initialToken(): unknown
  pageSize(): number | undefined
  /** Called with each response before its records are changed in place: the time to read what is needed of it. */
  openPage?(response: HttpResponse, slice: StreamSlice | undefined): Promise<void>
  /** Undefined: this page was the last one. */
  nextPageToken(page: LastPage): Promise<unknown>
}

export interface Paginator {
  /** All that it looks at of the last record of a page; undefined where it may look at any field. */
  readonly uses?: FieldUse | undefined
  requestOptions(place: PagePlace): RequestOptions
  pageSize(): number | undefined
  initialToken(): Mapping | undefined
  openPage?(response: HttpResponse, slice: StreamSlice | undefined): Promise<void>
  nextPageToken(page: LastPage): Promise<Mapping | undefined>
  /** Where the next page is, if its token says that. */
  path(place: RequestPlace): string | undefined
}

export interface PagePlace extends RequestPlace {
  readonly pageSizeOverride?: number | undefined
}

/** Reads a slice from its first page to its last one. */
export interface Retriever {
  /** In place of the cursor's slices, where it makes something of them before they are read (jobs of an API). */
  slices?(): AsyncIterable<StreamSlice>
  readSlice(slice: StreamSlice): AsyncIterable<readonly RecordData[]>
}

/** The properties that a request names, in as many lists as there are requests for one page. */
export interface QueryProperties {
  chunks(): Promise<readonly (readonly string[])[]>
  /** Undefined where a page is asked for once. */
  readonly mergeKey: ((record: RecordData) => string | undefined) | undefined
}

export interface SchemaLoader {
  schema(): Promise<JsonSchema>
}
