import type { Clock } from '../../../base/index.js'
import type { HttpRequest, HttpTransport, Mapping, SourceEvent, SourceServices } from '../component-contract.js'
import { wholeResponse } from '../http/response.js'
import type { Manifest } from '../source/declarative-source.js'

/** For specs: an API that is a function, and what is needed to read from it. */
export interface ScriptedApi {
  readonly services: SourceServices
  /** `GET /path?query`, in the order in which they came. */
  readonly requests: string[]
  /** Seconds. */
  readonly waits: number[]
}

const base = 'http://api.test'

/** @param answer a body, or a status with one */
export function scriptedApi(
  answer: (request: URL, body: HttpRequest['body']) => unknown | { readonly status: number; readonly body: unknown },
  now = '2024-03-15T12:00:00Z',
): ScriptedApi {
  const requests: string[] = []
  const waits: number[] = []
  const transport: HttpTransport = {
    send: async (request) => {
      requests.push(`${request.method} ${request.url.replace(base, '')}`)
      const found = answer(new URL(request.url), request.body)
      const { status, body } = hasStatus(found) ? found : { status: 200, body: found }
      const headers = new Map([['content-type', 'application/json']])
      return wholeResponse({ request, url: request.url, status, headers }, Buffer.from(JSON.stringify(body)))
    },
  }
  return {
    requests,
    waits,
    services: { clock: scriptedClock(now, waits), random: () => 0, transport, say: async () => {} },
  }
}

const hasStatus = (answer: unknown): answer is { readonly status: number; readonly body: unknown } =>
  typeof answer === 'object' && answer !== null && 'status' in answer && 'body' in answer

function scriptedClock(now: string, waits: number[]): Clock {
  let at = Date.parse(now)
  return {
    now: () => new Date(at),
    monotonicMs: () => at,
    sleep: async (durationMs) => {
      waits.push(durationMs / 1000)
      at += durationMs
    },
  }
}

export const manifestOf = (root: Mapping): Manifest => ({
  version: '7.39.1',
  root: { type: 'DeclarativeSource', check: { type: 'CheckStream', stream_names: [] }, ...root },
  spec: {},
  documentationUrl: undefined,
  warnings: [],
  file: 'manifest.yaml',
  hash: '',
})

/** A stream at `/<name>` whose records are the body's `data`. */
export const streamOf = (name: string, { retriever = {}, ...rest }: Mapping = {}): Mapping => ({
  type: 'DeclarativeStream',
  name,
  schema_loader: { type: 'InlineSchemaLoader', schema: { type: 'object', properties: {} } },
  retriever: {
    type: 'SimpleRetriever',
    requester: { type: 'HttpRequester', url_base: base, path: `/${name}` },
    record_selector: { type: 'RecordSelector', extractor: { type: 'DpathExtractor', field_path: ['data'] } },
    ...(retriever as object),
  },
  ...rest,
})

export async function collected(events: AsyncIterable<SourceEvent>): Promise<SourceEvent[]> {
  const all: SourceEvent[] = []
  for await (const event of events) all.push(event)
  return all
}
