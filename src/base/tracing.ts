/**
 * Spans as OpenTelemetry has them, for code that need not know of it: where nobody collects them, work is simply done.
 * `platform/tracing` makes them real.
 */

/** What a span may tell: facts and figures, never a secret and no value that a query was given. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** One piece of work that is being done. */
export interface Span {
  /** What a program elsewhere goes on from: the header `traceparent` of W3C. Undefined where nobody collects spans. */
  readonly traceparent: string | undefined
  set(attributes: SpanAttributes): void
  /** Something that happened meanwhile. */
  event(name: string, attributes?: SpanAttributes): void
  /** It failed, though nothing was thrown. */
  fail(error: unknown): void
}

export interface SpanOptions {
  /** `internal` where nothing is said. */
  readonly kind?: 'internal' | 'server' | 'client'
  readonly attributes?: SpanAttributes | undefined
  /** Attributes of this span and of all that are inside it. */
  readonly shared?: SpanAttributes | undefined
  /** The `traceparent` of who asked for it, where that is not the span around it. */
  readonly parent?: string | undefined
  /** Begins a trace, where there is no `parent`: its id, 32 hexadecimal digits. */
  readonly traceId?: string | undefined
}

export interface Tracer {
  /** A span around some work. What it throws makes the span a failed one. */
  inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>
  /** The one around what is being done now. */
  current(): Span
  /** Whether spans of queries tell their text. */
  readonly showsSql: boolean
}

const noSpan: Span = { traceparent: undefined, set() {}, event() {}, fail() {} }
const noTracer: Tracer = { inSpan: (_name, _options, work) => work(noSpan), current: () => noSpan, showsSql: false }

let tracer = noTracer

/** From now on spans are made by this; by nobody where it is left out. */
export function setTracer(chosen: Tracer = noTracer): void {
  tracer = chosen
}

/** Whether anybody collects spans. */
export const isTracing = (): boolean => tracer !== noTracer

export const inSpan: Tracer['inSpan'] = (name, options, work) => tracer.inSpan(name, options, work)

export const currentSpan = (): Span => tracer.current()

export const tracesSql = (): boolean => tracer.showsSql

/** What a `traceparent` names; undefined for a text that is none. */
export function parseTraceparent(
  text: string | undefined,
): { readonly traceId: string; readonly spanId: string; readonly flags: number } | undefined {
  const found = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(text?.trim() ?? '')
  if (!found) return undefined
  const [, traceId = '', spanId = '', flags = '00'] = found
  const isNothing = [traceId, spanId].some((id) => /^0+$/.test(id))
  return isNothing ? undefined : { traceId, spanId, flags: Number.parseInt(flags, 16) }
}

type Env = Readonly<Record<string, string | undefined>>

/** Whether the standard variables ask for spans to be sent. */
export function wantsTracing(env: Env): boolean {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return false
  const exporter = env.OTEL_TRACES_EXPORTER?.trim()
  if (exporter) return exporter !== 'none'
  return Boolean(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim() || env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim())
}
