import { repr } from '../../../../jinja/index.js'

/** What somebody says of an API whose manifest is to be begun. */
export interface ManifestChoices {
  /** Of the API: `https://api.example.com/v1`. */
  readonly url: string
  /** Of the first stream. */
  readonly stream: string
  /** Below the address. */
  readonly path: string
  /** Where the records are in an answer; the whole answer where it is empty. */
  readonly recordPath: readonly string[]
  readonly authentication: 'none' | 'bearer' | 'api_key_header' | 'api_key_parameter' | 'basic'
  /** Of the header or the parameter that a key goes into. */
  readonly keyName?: string | undefined
  readonly pagination: 'none' | 'page' | 'offset' | 'cursor' | 'link'
  /** The parameter that says how many records a page has, and the one that says which page. */
  readonly sizeParameter?: string | undefined
  readonly pageParameter?: string | undefined
  /** How many it has. Where nothing says so and the API is not told, pages are read until one is empty. */
  readonly pageSize?: number | undefined
  /** Of a cursor: where in an answer the next one is, which has a name at least. */
  readonly cursorPath?: readonly string[] | undefined
  readonly primaryKey?: string | undefined
  /** The field of a record that says when it changed: only what is new is read then. */
  readonly cursorField?: string | undefined
  /** The parameter that says from when on records are asked for. */
  readonly sinceParameter?: string | undefined
}

/** A manifest that works, with one stream: to be gone on from by hand. */
export function starterManifest(choices: ManifestChoices): string {
  const { url, stream, path, recordPath, primaryKey, cursorField } = choices
  // The same field may be both.
  const types = new Map([
    [primaryKey, '{ type: [string, integer, "null"] }'],
    [cursorField, '{ type: [string, "null"], format: date-time }'],
  ])
  const fields = [...types].flatMap(([name, type]) => (name ? [`${quoted(name)}: ${type}`] : []))
  const [authenticator, settings] = authentication(choices)
  return [
    'version: 6.0.0',
    'type: DeclarativeSource',
    'check:',
    '  type: CheckStream',
    `  stream_names: [${quoted(stream)}]`,
    '',
    'definitions:',
    '  requester:',
    '    type: HttpRequester',
    `    url_base: ${quoted(url)}`,
    '    http_method: GET',
    ...block(4, authenticator),
    '',
    'streams:',
    '  - type: DeclarativeStream',
    `    name: ${quoted(stream)}`,
    ...(primaryKey ? [`    primary_key: [${quoted(primaryKey)}]`] : []),
    '    retriever:',
    '      type: SimpleRetriever',
    '      requester:',
    '        $ref: "#/definitions/requester"',
    `        path: ${quoted(path)}`,
    '      record_selector:',
    '        type: RecordSelector',
    '        extractor:',
    '          type: DpathExtractor',
    `          field_path: [${recordPath.map(quoted).join(', ')}]`,
    ...block(6, pagination(choices)),
    ...block(4, incrementalSync(choices)),
    '    # Fields that the schema lacks are not loaded: a test offers those that the records have.',
    '    schema_loader:',
    '      type: InlineSchemaLoader',
    '      schema:',
    '        type: object',
    ...(fields.length > 0 ? ['        properties:', ...block(10, fields)] : ['        properties: {}']),
    '',
    'spec:',
    '  type: Spec',
    '  connection_specification:',
    '    type: object',
    ...block(4, settings),
    '',
  ].join('\n')
}

/** The authenticator, and the settings that it asks for. */
function authentication({ authentication, keyName }: ManifestChoices): readonly [string[], string[]] {
  const own = (name: string, title: string) => [
    `required: [${name}]`,
    'properties:',
    ...secret(name, title).map((line) => `  ${line}`),
  ]
  switch (authentication) {
    case 'none':
      return [[], ['properties: {}']]
    case 'bearer':
      return [
        ['authenticator:', '  type: BearerAuthenticator', `  api_token: "{{ config['token'] }}"`],
        own('token', 'Token'),
      ]
    case 'basic':
      return [
        [
          'authenticator:',
          '  type: BasicHttpAuthenticator',
          `  username: "{{ config['username'] }}"`,
          `  password: "{{ config['password'] }}"`,
        ],
        [
          'required: [username, password]',
          'properties:',
          '  username: { type: string, title: User, order: 0 }',
          ...secret('password', 'Password').map((line) => `  ${line}`),
        ],
      ]
    default:
      return [
        [
          'authenticator:',
          '  type: ApiKeyAuthenticator',
          `  api_token: "{{ config['api_key'] }}"`,
          '  inject_into:',
          '    type: RequestOption',
          `    inject_into: ${authentication === 'api_key_header' ? 'header' : 'request_parameter'}`,
          `    field_name: ${quoted(keyName || (authentication === 'api_key_header' ? 'X-API-Key' : 'api_key'))}`,
        ],
        own('api_key', 'Key'),
      ]
  }
}

const secret = (name: string, title: string) => [
  `${name}: { type: string, title: ${title}, airbyte_secret: true, order: 1 }`,
]

const usualPageSize = 100

function pagination(choices: ManifestChoices): string[] {
  const { pagination: kind, sizeParameter, pageParameter, cursorPath = [] } = choices
  if (kind === 'none') return []
  const option = (field: string, name: string) => [
    `  ${field}:`,
    '    type: RequestOption',
    '    inject_into: request_parameter',
    `    field_name: ${quoted(name)}`,
  ]
  const size = sizeParameter ? option('page_size_option', sizeParameter) : []
  // A page with less than its size is the last one: a size that the API does not keep to would end the stream too early.
  const pageSize = choices.pageSize ?? (sizeParameter ? usualPageSize : undefined)
  const counted = pageSize === undefined ? [] : [`    page_size: ${pageSize}`]
  // Others end where the API says so.
  const told = sizeParameter ? counted : []
  const strategies = {
    page: ['    type: PageIncrement', '    start_from_page: 1', ...counted],
    offset: ['    type: OffsetIncrement', ...counted],
    cursor: [
      '    type: CursorPagination',
      `    cursor_value: ${quoted(`{{ ${atPath('response', cursorPath)} }}`)}`,
      `    stop_condition: ${quoted(`{{ not ${atPath('response', cursorPath)} }}`)}`,
      ...told,
    ],
    link: [
      '    type: CursorPagination',
      `    cursor_value: ${quoted("{{ headers['link']['next']['url'] }}")}`,
      `    stop_condition: ${quoted("{{ 'next' not in headers['link'] }}")}`,
      ...told,
    ],
  }
  const usual = { page: 'page', offset: 'offset', cursor: 'cursor', link: '' }[kind]
  return [
    'paginator:',
    '  type: DefaultPaginator',
    ...(kind === 'link'
      ? ['  page_token_option:', '    type: RequestPath']
      : option('page_token_option', pageParameter || usual)),
    ...size,
    '  pagination_strategy:',
    ...strategies[kind],
  ]
}

/** The usual one first, for they are tried one after the other; `%z` takes a Z as well. */
const timeFormats = [
  '%Y-%m-%dT%H:%M:%SZ',
  ...['T', ' '].flatMap((between) =>
    ['%S%z', '%S.%f%z', '%S', '%S.%f'].map((seconds) => `%Y-%m-%d${between}%H:%M:${seconds}`),
  ),
  '%Y-%m-%d',
]

/** Of what says when it changed only what is new is read; lines to take the marks from where nobody named a field yet. */
function incrementalSync({ cursorField, sinceParameter }: ManifestChoices): string[] {
  const field = cursorField || 'updated_at'
  const since = sinceParameter || (cursorField ? undefined : 'since')
  const lines = [
    'incremental_sync:',
    '  type: DatetimeBasedCursor',
    `  cursor_field: ${quoted(field)}`,
    '  # How the API writes times, and how it is to be asked for them.',
    '  cursor_datetime_formats:',
    ...timeFormats.map((format) => `    - "${format}"`),
    '  datetime_format: "%Y-%m-%dT%H:%M:%SZ"',
    '  start_datetime: "1970-01-01T00:00:00Z"',
    ...(since
      ? [
          '  start_time_option:',
          '    type: RequestOption',
          '    inject_into: request_parameter',
          `    field_name: ${quoted(since)}`,
        ]
      : [
          '  # The API is asked for everything; what a sync has already is left out here.',
          '  is_client_side_incremental: true',
        ]),
  ]
  return cursorField
    ? ['# Only what is new is read. Delete `incremental_sync` to read everything each time.', ...lines]
    : [
        '# Everything is read each time. To read only what is new, take the marks from these lines, and name the field of a',
        '# record and the parameter of the API; or delete them.',
        ...lines.map((line) => `# ${line}`),
      ]
}

/** Nothing where a part of the way is not there. */
const atPath = (of: string, path: readonly string[]) =>
  path.reduce((at, part, i) => `${i === 0 ? at : `(${at} or {})`}.get(${repr(part)})`, of)

const block = (indent: number, lines: readonly string[]) => lines.map((line) => `${' '.repeat(indent)}${line}`)

/** YAML takes JSON's texts. */
const quoted = (text: string) =>
  /^[A-Za-z_][\w-]*$/.test(text) && !wordsOfYaml.test(text) ? text : JSON.stringify(text)

const wordsOfYaml = /^(?:true|false|yes|no|on|off|y|n|null)$/i
