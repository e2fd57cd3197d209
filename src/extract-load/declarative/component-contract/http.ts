import type { Mapping, PackedFields, StreamSlice, TemplateValues } from './values.js'

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
  /** The manifest's error handler says to ignore what is wrong with it. */
  readonly isPassedOver?: boolean | undefined
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
  /**
   * The same of bytes that another decoder unpacked; undefined where it cannot stand inside another one.
   * @param response that they are of: its body is read already
   */
  parse?(body: AsyncIterable<Uint8Array>, response: HttpResponse): AsyncIterable<readonly unknown[]>
  /** The same, with records that stay in their bytes but for these fields; undefined where it cannot leave them there. */
  readonly parsePacked?:
    | ((
        body: AsyncIterable<Uint8Array>,
        response: HttpResponse,
        fields: PackedFields,
      ) => AsyncIterable<readonly unknown[]>)
    | undefined
}
