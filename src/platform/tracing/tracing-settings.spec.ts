import { describe, expect, it } from 'vitest'
import { redact, wantsTracing } from '../../base/index.js'
import { registerHeaderSecrets, tracingSettings } from './tracing-settings.js'

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }

describe('whether traces are wanted', () => {
  it.each([
    [{}, false],
    [{ OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' }, false],
    [endpoint, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector/traces' }, true],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [{ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ ...endpoint, OTEL_SDK_DISABLED: 'TRUE' }, false],
    [{ ...endpoint, OTEL_SDK_DISABLED: 'false' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, false],
  ])('%j: %s', (env, isWanted) => {
    expect(wantsTracing(env)).toBe(isWanted)
  })
})

describe('where traces are sent', () => {
  it('below the address of the collector, as protobuf', () => {
    const { protocol, address, problems } = tracingSettings({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:pw@collector:4318/',
    })
    expect({ protocol, address, problems }).toEqual({
      protocol: 'http/protobuf',
      address: 'http://collector:4318/v1/traces',
      problems: [],
    })
  })

  it.each([
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'http/protobuf or http/json'],
    [{ OTEL_TRACES_EXPORTER: 'console' }, 'Set it to otlp, or to none.'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'is no address'],
  ])('nowhere with %j, which is told', (env, told) => {
    const { protocol, problems } = tracingSettings({ ...endpoint, ...env })
    expect(protocol).toBeUndefined()
    expect(problems).toEqual([expect.stringContaining(told)])
  })

  it('all of them with a sampler that nobody knows, which is told', () => {
    const { protocol, problems } = tracingSettings({ ...endpoint, OTEL_TRACES_SAMPLER: 'some' })
    expect(protocol).toBe('http/protobuf')
    expect(problems).toEqual([expect.stringContaining('parentbased_traceidratio')])
  })

  it('with headers that are shown nowhere', () => {
    registerHeaderSecrets({ OTEL_EXPORTER_OTLP_HEADERS: 'x-key=key%2F4711,authorization=Bearer%20token-4711' })
    expect(redact('key/4711 token-4711')).not.toContain('4711')
  })
})
