import { AsyncLocalStorage } from 'node:async_hooks'
import { hostname } from 'node:os'
import {
  type Context,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  RandomIdGenerator,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base'
import {
  isErrorJson,
  parseTraceparent,
  redact,
  type Span,
  type SpanAttributes,
  type SpanOptions,
  type Tracer,
  toMillraceError,
} from '../../base/index.js'
import { ToldExporter } from './told-exporter.js'
import type { TracingOptions, TracingSettings } from './tracing-settings.js'

interface Options extends TracingOptions, TracingSettings {
  readonly protocol: NonNullable<TracingSettings['protocol']>
}

/** The end of a process waits so long for a collector. */
const closeWithinMs = 1_000
/** Of an error its first line is told: further ones show statements. */
const maxErrorLength = 300

/** What is around: the span, and what it hands on to those inside it. */
interface Around {
  readonly context: Context
  readonly span: Span
  readonly shared: SpanAttributes
}

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT } as const

/** Makes spans with OpenTelemetry's SDK. Nothing of it is global: code of the project may have its own. */
export class OtlpTracer implements Tracer {
  readonly showsSql: boolean
  readonly #tracer: OtelTracer
  readonly #provider: BasicTracerProvider
  readonly #around = new AsyncLocalStorage<Around>()
  readonly #ids: ChosenIds
  readonly #exporter: ToldExporter
  /** Work of a process that a traced program started belongs to the trace of that one. */
  readonly #outside: Around

  static async open(options: Options): Promise<OtlpTracer> {
    return new OtlpTracer(options, new ToldExporter(await exporterOf(options.protocol), options))
  }

  constructor({ version, process: name, env, showsSql }: Options, exporter: ToldExporter) {
    this.showsSql = showsSql
    this.#exporter = exporter
    this.#ids = new ChosenIds()
    this.#provider = new BasicTracerProvider({
      resource: defaultResource()
        .merge(
          resourceFromAttributes({
            'service.name': 'millrace',
            'service.version': version,
            'host.name': hostname(),
            'process.pid': process.pid,
            'millrace.process': name,
          }),
        )
        .merge(detectResources({ detectors: [envDetector] })),
      idGenerator: this.#ids,
      spanProcessors: [new BatchSpanProcessor(exporter)],
    })
    this.#tracer = this.#provider.getTracer('millrace', version)
    const parent = remoteContext(env.TRACEPARENT)
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT
    this.#outside = { context, span: spanOf(trace.getSpan(context)), shared: {} }
  }

  inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
    const { kind = 'internal', attributes, shared: added, parent, traceId } = options
    const around = this.#aroundOf(parent, traceId)
    const shared = added ? { ...around.shared, ...added } : around.shared
    const settings = { kind: kinds[kind], attributes: shown({ ...shared, ...attributes }) }
    const started = this.#ids.withTraceId(traceId, () => this.#tracer.startSpan(redact(name), settings, around.context))
    const span = spanOf(started)
    const inside = { context: trace.setSpan(around.context, started), span, shared }
    return this.#around.run(inside, async () => {
      try {
        return await work(span)
      } catch (error) {
        span.fail(error)
        throw error
      } finally {
        started.end()
      }
    })
  }

  #aroundOf(parent: string | undefined, traceId: string | undefined): Pick<Around, 'context' | 'shared'> {
    const from = remoteContext(parent)
    if (from) return { context: trace.setSpanContext(ROOT_CONTEXT, from), shared: {} }
    // A trace of its own has nothing around it, whatever it was started from.
    if (traceId !== undefined) return { context: ROOT_CONTEXT, shared: {} }
    return this.#around.getStore() ?? this.#outside
  }

  current(): Span {
    return (this.#around.getStore() ?? this.#outside).span
  }

  /** See `Tracing.close`. */
  async close(): Promise<boolean> {
    if (this.#exporter.isLost) return false
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => {
        this.#exporter.lost(`no answer within ${closeWithinMs / 1000} s`)
        resolve(false)
      }, closeWithinMs)
    })
    const sent = this.#provider.shutdown().then(
      () => true,
      // The exporter has told why.
      () => true,
    )
    try {
      return await Promise.race([sent, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

async function exporterOf(protocol: Options['protocol']): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto')
  return new OTLPTraceExporter()
}

/** A span of ours around one of OpenTelemetry's. Nothing secret passes. */
function spanOf(span: OtelSpan | undefined): Span {
  return {
    traceparent: span && traceparentOf(span.spanContext()),
    set(attributes) {
      span?.setAttributes(shown(attributes))
    },
    event(name, attributes = {}) {
      span?.addEvent(redact(name), shown(attributes))
    },
    fail(thrown) {
      const { code, message } = isErrorJson(thrown) ? thrown : toMillraceError(thrown)
      span?.setAttributes({ 'error.type': code })
      span?.setStatus({ code: SpanStatusCode.ERROR, message: redact(firstLine(message)) })
    },
  }
}

const firstLine = (text: string) => (text.split('\n')[0] ?? '').slice(0, maxErrorLength)

function shown(attributes: SpanAttributes): Record<string, string | number | boolean | string[]> {
  const known: Record<string, string | number | boolean | string[]> = {}
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === 'string') known[name] = redact(value)
    else if (typeof value === 'object') known[name] = value.map(redact)
    else if (value !== undefined) known[name] = value
  return known
}

const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`

/** Undefined for what is none, or is of no use: somebody else's mistake is not ours. */
function remoteContext(traceparent: string | undefined): SpanContext | undefined {
  const named = parseTraceparent(traceparent)
  return named && { traceId: named.traceId, spanId: named.spanId, traceFlags: named.flags, isRemote: true }
}

/** Random ids, unless somebody says which the next trace has. */
class ChosenIds extends RandomIdGenerator {
  #chosen: string | undefined

  constructor() {
    super()
    const random = this.generateTraceId
    this.generateTraceId = () => this.#chosen ?? random()
  }

  withTraceId<T>(traceId: string | undefined, work: () => T): T {
    this.#chosen = traceId
    try {
      return work()
    } finally {
      this.#chosen = undefined
    }
  }
}
