import type { Clock } from '../../base/index.js'
import type { JsonSchema } from '../contract.js'

/**
 * What the components of a manifest are while they run: one interface for each kind of them. Values are those of JSON as Python reads it
 * (`values/`): whole numbers beyond 2^53 are bigint, floats that are whole are PyFloat; objects are plain.
 */

export type Mapping = Readonly<Record<string, unknown>>

/** A record on its way: transformations change it in place. */
export type RecordData = Record<string, unknown>

/** A part of a stream that is read by itself. Templates see it as one mapping, `partition` and `cursorSlice` together. */
export interface StreamSlice {
  /** What a partition router says. */
  readonly partition: Mapping
  /** What a cursor says: `{start_time, end_time}`, as a rule. */
  readonly cursorSlice: Mapping
  /** Of the parent's record; templates see it as `stream_slice.extra_fields`. */
  readonly extraFields: Mapping
}

/** The names that a template may use besides `config` and `parameters`, by the names that authors write. A name that is not given is undeclared. */
export interface TemplateValues {
  readonly stream_slice?: unknown
  readonly stream_partition?: unknown
  readonly stream_interval?: unknown
  readonly stream_state?: unknown
  readonly next_page_token?: unknown
  readonly record?: unknown
  readonly response?: unknown
  readonly headers?: unknown
  readonly last_record?: unknown
  readonly last_page_size?: unknown
  readonly [name: string]: unknown
}

// HTTP

export interface HttpRequest {
  readonly method: string
  /** With its query. */
  readonly url: string
  /** In this order and in these letters; one that comes twice is sent twice. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string | Uint8Array | undefined
}

export interface HttpResponse {
  readonly request: HttpRequest
  /** Where redirects led. */
  readonly url: string
  readonly status: number
  /** By names in lower case; of one that comes twice the values joined by `, `. */
  readonly headers: ReadonlyMap<string, string>
  /** In which letters each name came. */
  readonly headerNames?: ReadonlyMap<string, string> | undefined
  /** Unpacked from its Content-Encoding. @throws where the body is read as it comes */
  bytes(): Promise<Uint8Array>
  /** Its body, unpacked: once where it is read as it comes, else as often as anybody wants. */
  stream(): AsyncIterable<Uint8Array>
  /** Its JSON; undefined where it is none, and where the body is read as it comes. All other bodies are here before anybody sees the response. */
  json(): unknown
  /** Empty where the body is read as it comes. */
  text(): string
}

/** Sends one request over a network: redirects, proxies, TLS and time limits are its own, retries are not. */
export interface HttpTransport {
  send(request: HttpRequest, options: TransportOptions): Promise<HttpResponse>
}

/** What servers want to be told again. */
export interface CookieStore {
  /** @param lines the values of `Set-Cookie` */
  take(url: string, lines: readonly string[]): void
  /** The value of `Cookie`; undefined where there is none for the address. */
  header(url: string): string | undefined
}

export interface TransportOptions {
  readonly signal?: AbortSignal | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly readTimeoutMs?: number | undefined
  /** The body is handed on as it comes. */
  readonly isStreamed: boolean
  /** Asked before each request that follows a redirect: it counts as one. */
  readonly beforeRedirect?: ((request: HttpRequest) => Promise<void>) | undefined
  /** Takes what responses set, also those that redirect. */
  readonly cookies?: CookieStore | undefined
}

/** What is put into a request besides what the requester itself says. */
export interface RequestOptions {
  readonly params?: Mapping | undefined
  readonly headers?: Mapping | undefined
  /** A text is sent as it is, a mapping as a form. */
  readonly bodyData?: Mapping | string | undefined
  readonly bodyJson?: Mapping | undefined
}

export interface RequestPlace {
  readonly slice?: StreamSlice | undefined
  readonly nextPageToken?: Mapping | undefined
}

export interface RequestOptionsProvider {
  requestOptions(place: RequestPlace): RequestOptions
}

export interface Authenticator {
  /** What it puts into a request while that is made; a token is fetched where it must be. */
  requestOptions(): Promise<RequestOptions>
  /** Headers that are put over those of a request before each try: the token may be another one by then. */
  signature(request: HttpRequest): Promise<Mapping>
  /** A request was refused for its token: another one is fetched, unless that was done since it was sent. */
  renewToken?(request: HttpRequest): Promise<void>
  /** Whether the next try of a request that met a limit goes out with another token, and so need not wait. */
  hasOtherToken?(request: HttpRequest): boolean
  /** Called with each response, before it is judged (rate-limited tokens). */
  observe?(request: HttpRequest, response: HttpResponse): void
}

export interface Requester {
  /** @returns undefined where the response is to be passed over @throws what the manifest's error handler makes of a failure */
  send(call: RequesterCall): Promise<HttpResponse | undefined>
  /** The base of its addresses, for paginators that give whole ones. */
  urlBase(place: RequestPlace): string
}

export interface RequesterCall extends RequestPlace {
  /** In place of its own path: a path below its base, or a whole address. */
  readonly path?: string | undefined
  /** Of paginator, cursor and partition router, without keys that come twice. */
  readonly options?: RequestOptions | undefined
  /** Further names for its templates: `creation_response`, `polling_response`, `download_target`. */
  readonly values?: TemplateValues | undefined
}

export interface ErrorHandler {
  readonly maxRetries: number
  readonly maxTimeMs: number
  judge(outcome: HttpResponse | Error): ErrorVerdict
  /** Seconds before the next try; undefined: the default. @param attempt counts from 1 */
  backoff(outcome: HttpResponse | Error, attempt: number): Backoff
}

export interface ErrorVerdict {
  readonly action:
    | 'SUCCESS'
    | 'RETRY'
    | 'FAIL'
    | 'IGNORE'
    | 'RATE_LIMITED'
    | 'RESET_PAGINATION'
    | 'REFRESH_TOKEN_THEN_RETRY'
    | 'REDUCE_PAGE_SIZE'
    | 'SPLIT_REQUEST_WINDOW'
  readonly failureType?: FailureType | undefined
  readonly message?: string | undefined
}

export type FailureType = 'system_error' | 'config_error' | 'transient_error'

/** Seconds, which some know at once. */
export type Backoff = number | undefined | Promise<number | undefined>

export interface BackoffStrategy {
  /** Undefined where it has nothing to say. */
  backoff(outcome: HttpResponse | Error, attempt: number): Backoff
}

/** Makes values of the body of a response, some at a time. */
export interface Decoder {
  /** Bodies are read as they come: they may be larger than memory. */
  readonly isStreamed: boolean
  /** The body is one value of JSON. */
  readonly isJson?: boolean | undefined
  decode(response: HttpResponse): AsyncIterable<readonly unknown[]>
  /** The same of bytes that another decoder unpacked; undefined where it cannot stand inside another one. */
  parse?(body: AsyncIterable<Uint8Array>): AsyncIterable<readonly unknown[]>
}

// From a response to records

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

/** Of the fields at the top of a record: which somebody looks at, and which become others. What is not known is left out. */
export interface FieldUse {
  readonly reads?: readonly string[]
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

// Slices and states

export interface PartitionRouter extends RequestOptionsProvider {
  slices(): AsyncIterable<StreamSlice>
  /** Of the streams that it reads to find its partitions, to be kept in the stream's own state; undefined where it reads none. */
  parentState(): Mapping | undefined
  /** The streams that it reads to find its partitions, and theirs. */
  readonly parents: readonly string[]
  /** Its partitions are not known one by one: one state is kept for all of them. */
  readonly hasGlobalStateOnly?: boolean | undefined
  /** Of its partitions, where they are known before they are read. */
  readonly fields?: readonly string[] | undefined
  /** It puts values of a partition into requests by itself. */
  readonly hasRequestOptions?: boolean | undefined
}

/** What was read of a stream and what is to be read: it gives the slices, sees each record, and makes the state. */
export interface StreamCursor extends RequestOptionsProvider {
  slices(): AsyncIterable<StreamSlice>
  shouldBeSynced(record: RecordData, slice: StreamSlice): boolean
  observe(record: RecordData, slice: StreamSlice): void
  /** All records of the slice were seen. @returns whether there is a state to tell */
  closeSlice(slice: StreamSlice): boolean
  /** No slice is read any more: what is known only then goes into the state. */
  finish(): void
  /** As it is to be kept, in the CDK's shape. */
  state(): Mapping
  /** By the CDK's names, for the catalog; undefined for a stream without one. */
  readonly cursorField: string | undefined
  /** All that it looks at; undefined where it may look at any field. */
  readonly uses?: FieldUse | undefined
  /** Whoever configures the stream may choose another field. */
  readonly takesOtherField?: boolean | undefined
  /** How far the kept state of a stream goes (`api_retention_period`); undefined where it does not say. */
  instantOf?(state: Mapping): Date | undefined
  /** Smaller slices in place of one that is too large (`RequestWindowSplitting`); undefined where it cannot be split. */
  split?(slice: StreamSlice, minSplitSeconds: number | undefined): readonly StreamSlice[] | undefined
  /** For `pagination_reset` with `SPLIT_USING_CURSOR`: begins without a state, and says what is left of a slice. */
  tracker?(): SliceTracker
}

export interface SliceTracker {
  observe(record: RecordData, slice: StreamSlice): void
  /** What of the slice is still to be read. */
  reduce(original: StreamSlice): StreamSlice
}

export interface DeclarativeStream {
  readonly name: string
  readonly primaryKey: readonly (readonly string[])[]
  readonly cursorField: string | undefined
  readonly cursor: StreamCursor
  /** The streams that are read to find its slices, and theirs. */
  readonly parents: readonly string[]
  /** Its state was too old to go on from, and is given up before it is read. */
  readonly isStateGivenUp?: boolean | undefined
  schema(): Promise<JsonSchema>
  slices(): AsyncIterable<StreamSlice>
  readSlice(slice: StreamSlice): AsyncIterable<readonly RecordData[]>
}

/** Makes streams of a template. */
export interface ComponentsResolver {
  /** What it fills in comes from the settings, so that whoever wrote them can put it right. */
  readonly isMadeOfConfig: boolean
  resolve(template: Mapping): AsyncIterable<Mapping>
}

/** Finds out whether a source can be reached. */
export interface Check {
  /** Settings that hold in place of others while it does so. */
  readonly configOverrides: Mapping | undefined
  /** @throws why it cannot */
  run(streams: CheckedStreams): Promise<void>
}

export interface CheckedStreams {
  /**
   * Makes the streams of these names; dynamic ones are not made where all are written in the manifest.
   * @returns what gives each of them, and throws where there is none
   */
  named(names: readonly string[]): Promise<(name: string) => DeclarativeStream>
  /** Those of the manifest, then those that dynamic streams make. */
  first(count: number): Promise<readonly DeclarativeStream[]>
  /** By the dynamic stream that makes them; undefined where the manifest has none of the name. */
  madeBy(dynamicStream: string): Promise<readonly DeclarativeStream[] | undefined>
}

// What is said while it runs

/** What a source says, in the order in which it is to be acted upon. */
export type SourceEvent =
  | { readonly type: 'records'; readonly stream: string; readonly records: readonly RecordData[] }
  | {
      readonly type: 'state'
      readonly stream: string
      readonly state: Mapping
      /** Since the last state of the stream. */
      readonly recordCount: number
    }
  | {
      readonly type: 'status'
      readonly stream: string
      readonly status: 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE'
      readonly rateLimited?: { readonly until?: Date | undefined } | undefined
    }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string }
  /** The whole config as it is from now on; kept durably before anything else is done with it. */
  | { readonly type: 'control'; readonly config: Mapping }
  | {
      readonly type: 'error'
      /** Undefined: of the source as a whole. */
      readonly stream: string | undefined
      readonly failureType: FailureType
      readonly message: string
      /** For whoever maintains the manifest: the request that failed, what it was answered; no secrets. */
      readonly internalMessage?: string | undefined
      readonly error: unknown
    }

/** What is said while streams are read: changed settings go to `SourceServices.say` at once. */
export type ReadEvent = Exclude<SourceEvent, { type: 'control' }>

/** A request with what came of it, for who looks at how a stream is read. Secrets are masked, long bodies cut short. */
export interface Exchange {
  /** That of a parent is shown with the stream for which it is read. */
  readonly stream: string
  readonly slice: StreamSlice | undefined
  readonly request: HttpRequest
  readonly response:
    | {
        readonly status: number
        readonly headers: ReadonlyMap<string, string>
        readonly body: string
      }
    | undefined
  /** Not for records: a token, a parent's record, a schema. */
  readonly isAuxiliary: boolean
}

/** How much is read at most, where somebody only looks. */
export interface ReadLimits {
  readonly slices: number
  readonly pagesPerSlice: number
  readonly records: number
}

/** What the components of one source are given from outside. */
export interface SourceServices {
  readonly clock: Clock
  /** From 0 up to and without 1. */
  readonly random: () => number
  readonly transport: HttpTransport
  readonly signal?: AbortSignal | undefined
  /**
   * Logs, rate limits and changed settings, which components say while they work. While streams are read all but the settings are events
   * of the reading; the settings always come here, and are kept durably before it resolves.
   */
  readonly say: (event: Extract<SourceEvent, { type: 'log' | 'status' | 'control' }>) => Promise<void>
  /** Beside the manifest, for the schemas that it names as files; undefined where it came from elsewhere. */
  readonly folder?: string | undefined
  readonly onExchange?: ((exchange: Exchange) => void) | undefined
  readonly limits?: ReadLimits | undefined
  /** Somebody waits for the answer: what does not go well by the second try, or wants a longer wait, has failed. */
  readonly isImpatient?: boolean | undefined
  /** Whoever takes the records can take them as `packed/` has them: in the body of their page, but for what somebody looked at. */
  readonly packsRecords?: boolean | undefined
  /** Every slice is read to its end: the next page may be asked for while somebody has the records of the one before. */
  readonly asksAhead?: boolean | undefined
  /** What stands for Python classes of the manifest (`custom/`), by their names. */
  readonly custom?: ReadonlyMap<string, unknown> | undefined
}
