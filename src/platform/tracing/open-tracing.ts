import { setTracer } from '../../base/index.js'
import { registerHeaderSecrets, type TracingOptions, tracingSettings } from './tracing-settings.js'

export interface Tracing {
  /**
   * Sends what is waiting, a short time at most. @returns false where a collector did not answer in time: something may
   * still be on its way to it, which keeps the process alive
   */
  close(): Promise<boolean>
}

/**
 * Collects spans from now on and sends them to where the standard variables of OpenTelemetry say. Whatever becomes of
 * them, the work goes on.
 */
export async function openTracing(options: TracingOptions): Promise<Tracing> {
  const { env, logger } = options
  registerHeaderSecrets(env)
  const settings = tracingSettings(env)
  for (const problem of settings.problems) logger.warn(problem)
  if (!settings.protocol) return { close: async () => true }
  const { OtlpTracer } = await import('./otlp-tracer.js')
  const tracer = await OtlpTracer.open({ ...options, ...settings, protocol: settings.protocol })
  setTracer(tracer)
  return {
    async close() {
      setTracer()
      return tracer.close()
    },
  }
}
