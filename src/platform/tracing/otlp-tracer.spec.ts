import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { expect, it } from 'vitest'
import { baseErrors, registerSecret, silentLogger, systemClock } from '../../base/index.js'
import { parseTraceparent, setTracer } from '../../base/tracing.js'
import type { ClaimedRun } from '../../orchestrate/index.js'
import { OtlpTracer } from './otlp-tracer.js'
import { ToldExporter } from './told-exporter.js'

const settings = { protocol: 'http/json', address: 'http://x', showsSql: false, problems: [] } as const

function openTracer(env: Record<string, string> = {}) {
  const memory = new InMemorySpanExporter()
  // What is shut down forgets what it has.
  memory.shutdown = async () => {}
  const told = { logger: silentLogger, address: 'http://x' }
  const tracer = new OtlpTracer(
    { ...settings, env, logger: silentLogger, process: 'engine', version: '1.0.0' },
    new ToldExporter(memory, told),
  )
  return {
    tracer,
    async spans(): Promise<ReadonlyMap<string, ReadableSpan>> {
      expect(await tracer.close()).toBe(true)
      return new Map(memory.getFinishedSpans().map((span) => [span.name, span]))
    },
  }
}

const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

it('spans lie in what is around them, also across awaits and side by side', async () => {
  const { tracer, spans } = openTracer()
  await tracer.inSpan('outer', { shared: { run: 'r' } }, async (outer) => {
    await Promise.all(
      ['a', 'b'].map((name) =>
        tracer.inSpan(name, {}, async () => {
          await systemClock.sleep(1)
          await tracer.inSpan(`in ${name}`, { attributes: { own: true } }, async () => {})
        }),
      ),
    )
    expect(tracer.current()).toBe(outer)
  })
  const found = await spans()
  const parentOf = (name: string) => found.get(name)?.parentSpanContext?.spanId
  const idOf = (name: string) => found.get(name)?.spanContext().spanId
  expect([parentOf('in a'), parentOf('in b')]).toEqual([idOf('a'), idOf('b')])
  expect([parentOf('a'), parentOf('b'), parentOf('outer')]).toEqual([idOf('outer'), idOf('outer'), undefined])
  expect(found.get('in a')?.attributes).toEqual({ run: 'r', own: true })
  expect(found.get('outer')?.resource.attributes).toMatchObject({
    'service.name': 'millrace',
    'millrace.process': 'engine',
  })
})

it('a span goes on with the trace of its caller, of the process that started this one, or begins one with a given id', async () => {
  const traceId = 'f'.repeat(31).concat('0')
  const { tracer, spans } = openTracer({ TRACEPARENT: caller })
  await tracer.inSpan('outside', {}, async () => {
    await tracer.inSpan('own', { traceId }, async (own) => {
      await tracer.inSpan('told', { parent: caller.replace('0af7', '1bf7'), traceId }, async () => {})
      expect(parseTraceparent(own.traceparent)).toMatchObject({ traceId, flags: 1 })
    })
  })
  const found = await spans()
  expect(found.get('outside')?.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c')
  expect(found.get('outside')?.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
  expect(found.get('own')?.spanContext().traceId).toBe(traceId)
  expect(found.get('own')?.parentSpanContext).toBeUndefined()
  expect(found.get('told')?.spanContext().traceId).toBe('1bf7651916cd43dd8448eb211c80319c')
})

it('what is thrown makes a span a failed one, with its code and first line; nothing secret is told', async () => {
  registerSecret('hush-4711')
  const { tracer, spans } = openTracer()
  const error = baseErrors.create('TIMEOUT', { message: 'too late\nselect 1' })
  await expect(tracer.inSpan('a hush-4711', {}, () => Promise.reject(error))).rejects.toBe(error)
  await tracer.inSpan('b', { attributes: { list: ['hush-4711'] } }, async (span) => {
    span.set({ text: 'is hush-4711' })
    span.event('said', { text: 'hush-4711' })
    span.fail({ code: 'SOME_CODE', message: 'with hush-4711' })
  })
  const found = await spans()
  const [a, b] = [...found.values()]
  expect(a).toMatchObject({ attributes: { 'error.type': 'TIMEOUT' }, status: { code: 2, message: 'too late' } })
  expect(b).toMatchObject({ attributes: { 'error.type': 'SOME_CODE' }, status: { code: 2 } })
  const told = [...found.values()].map(({ name, attributes, events, status }) => ({ name, attributes, events, status }))
  expect(JSON.stringify(told)).not.toContain('4711')
})

it('attempts of one run are in one trace, whichever engine makes them and whoever asked', async () => {
  const { inRunSpan } = await import('../../orchestrate/runs/run-spans.js')
  const { tracer, spans } = openTracer()
  setTracer(tracer)
  const attempt = async (number: number, traceparent?: string) => {
    const run = {
      id: '01a226c2-c60e-78ab-8f7a-dfc93aca649a',
      trigger: { type: 'schedule' },
      createdAt: '2026-01-01T00:00:00Z',
    }
    const claimed = { run: { ...run, attempt: number, selection: '*', traceparent }, isResumed: number > 1 }
    return inRunSpan(claimed as ClaimedRun, systemClock, async (span) => parseTraceparent(span.traceparent)?.traceId)
  }
  expect([await attempt(1), await attempt(2)]).toEqual(Array(2).fill('01a226c2c60e78ab8f7adfc93aca649a'))
  expect([await attempt(1, caller), await attempt(2, caller)]).toEqual(
    Array(2).fill('0af7651916cd43dd8448eb211c80319c'),
  )
  setTracer()
  const { attributes } = (await spans()).get('run') as ReadableSpan
  expect(attributes).toMatchObject({ 'millrace.run.attempt': 2, 'millrace.run.is_resumed': true })
})

it('a collector that does not answer is told of once, and is not waited for', async () => {
  const said: string[] = []
  const { createLogger } = await import('../../base/index.js')
  const logger = createLogger(({ message }) => said.push(message))
  const deaf = { export: () => {}, shutdown: () => new Promise<void>(() => {}) }
  const told = new ToldExporter(deaf, { logger, address: 'http://collector' })
  const tracer = new OtlpTracer({ ...settings, env: {}, logger, process: 'engine', version: '1.0.0' }, told)
  await tracer.inSpan('a', {}, async () => {})
  expect(await tracer.close()).toBe(false)
  told.lost('still')
  expect(said).toEqual([expect.stringContaining('http://collector (no answer within 1 s)')])
})
