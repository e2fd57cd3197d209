import { type Logger, redact, registerSecret, uriDecoded } from '../../base/index.js'

type Env = Readonly<Record<string, string | undefined>>

export interface TracingOptions {
  readonly env: Env
  readonly logger: Logger
  /** Which of the processes it is, as the attribute `millrace.process` tells it. */
  readonly process: string
  readonly version: string
}

export interface TracingSettings {
  /** Undefined: nothing can be sent. */
  readonly protocol: 'http/protobuf' | 'http/json' | undefined
  /** Where spans go, as it may be shown. */
  readonly address: string
  /** Whether spans tell the text of queries. */
  readonly showsSql: boolean
  /** What is wrong with the variables. */
  readonly problems: readonly string[]
}

const protocols = ['http/protobuf', 'http/json'] as const
const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
]

/** What the libraries do not say themselves: they would leave spans out without a word. */
export function tracingSettings(env: Env): TracingSettings {
  const problems: string[] = []
  const named = (name: string) => env[name]?.trim() || undefined
  const own = named('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
  const base = named('OTEL_EXPORTER_OTLP_ENDPOINT') ?? 'http://localhost:4318'
  const address = own ?? `${base.replace(/\/$/, '')}/v1/traces`
  const said = named('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? named('OTEL_EXPORTER_OTLP_PROTOCOL') ?? 'http/protobuf'
  let protocol = protocols.find((one) => one === said)
  if (!protocol)
    problems.push(
      `No traces are sent: the protocol ${JSON.stringify(said)} of OTEL_EXPORTER_OTLP_PROTOCOL is not supported. Set it to http/protobuf or http/json, and let the address name the collector's port for HTTP, usually 4318.`,
    )
  const exporter = named('OTEL_TRACES_EXPORTER') ?? 'otlp'
  if (exporter !== 'otlp') {
    protocol = undefined
    problems.push(
      `No traces are sent: OTEL_TRACES_EXPORTER is ${JSON.stringify(exporter)}. Set it to otlp, or to none.`,
    )
  }
  if (protocol && !(URL.canParse(address) && /^https?:$/.test(new URL(address).protocol))) {
    protocol = undefined
    problems.push(
      `No traces are sent: ${redact(address)} is no address. Let OTEL_EXPORTER_OTLP_ENDPOINT be like http://localhost:4318.`,
    )
  }
  const sampler = named('OTEL_TRACES_SAMPLER')
  if (protocol && sampler !== undefined && !samplers.includes(sampler))
    problems.push(
      `All traces are sent: OTEL_TRACES_SAMPLER is ${JSON.stringify(sampler)}. It can be ${samplers.join(', ')}.`,
    )
  return { protocol, address: withoutLogin(address), showsSql: env.MILLRACE_TRACE_SQL === '1', problems }
}

function withoutLogin(address: string): string {
  if (!URL.canParse(address)) return redact(address)
  const { protocol, host, pathname } = new URL(address)
  return `${protocol}//${host}${pathname}`
}

/** `authorization=Bearer%20…`: what lets us in at the collector is shown nowhere. */
export function registerHeaderSecrets(env: Env): void {
  for (const name of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'])
    for (const header of env[name]?.split(',') ?? []) {
      const value = uriDecoded(header.slice(header.indexOf('=') + 1).trim())
      registerSecret(value)
      // `Bearer` is no secret.
      const [, secret] = /^\w+ (.+)$/.exec(value) ?? []
      if (secret !== undefined) registerSecret(secret)
    }
}
