import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Order {
  readonly id: number
  readonly updated_at: string
  readonly [field: string]: unknown
}

/** An API of orders, by pages of two and the time of their last change. Tokens that are used up are refused. */
export class ShopApi {
  orders: Order[] = []
  /** As they came: the path with its query. */
  readonly asked: string[] = []
  /** Answers in the place of the API, where it answers something. */
  instead: ((path: string, request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  #refreshToken = 'first-refresh-token'
  #rotations = 0
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<ShopApi> {
    const server = createServer((request, response) => void api.#answer(request, response))
    const api = new ShopApi(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return api
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += chunk
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://localhost')
    this.asked.push(request.url ?? '')
    if (this.instead?.(pathname, request, response)) return
    const answer = (status: number, said: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
    if (pathname === '/token') {
      if (new URLSearchParams(body).get('refresh_token') !== this.#refreshToken)
        return void answer(400, { error: 'invalid_grant' })
      this.#refreshToken = `refresh-token-${++this.#rotations}`
      return void answer(200, {
        access_token: `access-token-${this.#rotations}`,
        refresh_token: this.#refreshToken,
        expires_in: 3600,
      })
    }
    if (pathname === '/orders') {
      const page = Number(query.get('page') ?? 0)
      const since = query.get('since') ?? ''
      const found = this.orders
        .filter((order) => order.updated_at >= since)
        .sort((a, b) => (a.updated_at < b.updated_at ? -1 : 1))
      return void answer(200, { data: found.slice(page * 2, page * 2 + 2) })
    }
    if (pathname === '/customers')
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`{"data": [{"id": ${2n ** 53n + 1n}, "name": "Ada"}, {"id": 2}]}`)
    answer(403, { error: 'forbidden' })
  }
}

const authenticators = {
  none: '{ type: NoAuth }',
  oauth: `
        type: OAuthAuthenticator
        token_refresh_endpoint: "{{ config['url'] }}/token"
        client_id: "{{ config['client_id'] }}"
        client_secret: "{{ config['client_secret'] }}"
        refresh_token: "{{ config['refresh_token'] }}"
        refresh_token_updater:
          refresh_token_config_path: [refresh_token]
          access_token_config_path: [access_token]
          token_expiry_date_config_path: [token_expiry]`,
} as const

/** A manifest for it; what the streams are called the API's paths are, too. */
export const shopManifest = (auth: keyof typeof authenticators = 'none') => `version: 6.0.0
type: DeclarativeSource
check: { type: CheckStream, stream_names: [customers] }
definitions:
  retriever:
    type: SimpleRetriever
    requester:
      type: HttpRequester
      url_base: "{{ config['url'] }}"
      path: "{{ parameters['name'] }}"
      authenticator: ${authenticators[auth]}
      error_handler: { type: DefaultErrorHandler, max_retries: 0 }
    record_selector: { type: RecordSelector, extractor: { type: DpathExtractor, field_path: [data] } }
streams:
  - type: DeclarativeStream
    $parameters: { name: orders }
    primary_key: [id]
    retriever:
      $ref: "#/definitions/retriever"
      paginator:
        type: DefaultPaginator
        page_token_option: { type: RequestOption, inject_into: request_parameter, field_name: page }
        pagination_strategy: { type: PageIncrement, page_size: 2 }
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: updated_at
      datetime_format: "%Y-%m-%d"
      cursor_granularity: P1D
      step: P10D
      start_datetime: "2026-01-01"
      end_datetime: "{{ config['end'] }}"
      start_time_option: { type: RequestOption, inject_into: request_parameter, field_name: since }
    schema_loader:
      type: InlineSchemaLoader
      schema:
        type: object
        properties:
          id: { type: integer }
          amount: { type: [number, "null"] }
          address: { type: [object, "null"] }
          updated_at: { type: string, format: date }
  - type: DeclarativeStream
    $parameters: { name: customers }
    primary_key: [id]
    retriever: { $ref: "#/definitions/retriever" }
    schema_loader:
      type: InlineSchemaLoader
      schema: { type: object, properties: { id: { type: integer }, name: { type: [string, "null"] } } }
  - type: DeclarativeStream
    $parameters: { name: secrets }
    retriever: { $ref: "#/definitions/retriever" }
    schema_loader:
      type: InlineSchemaLoader
      schema: { type: object, properties: { id: { type: integer } } }
spec:
  type: Spec
  connection_specification:
    type: object
    required: [url]
    properties:
      url: { type: string, title: Address }
      end: { type: string, default: "2026-01-10" }
      client_secret: { type: string, airbyte_secret: true }
      refresh_token: { type: string, airbyte_secret: true }
`
