import { expect, it } from 'vitest'
import { systemClock } from '../src/base/index.js'
import { Metrics } from '../src/server/metrics/metrics.js'
import { pageOf } from './support/markdown.js'

it('docs/observability.md lists every figure that /metrics has, with its type, and no other', async () => {
  const away = () => Promise.reject(new Error('away'))
  const services = {
    version: '1.0.0',
    engine: { health: away },
    store: { countRuns: away, figures: away, endedRuns: away },
    daemonLoopAt: async () => undefined,
  }
  const { body } = await new Metrics(services as never, systemClock).text()
  const served = [...body.matchAll(/^# TYPE (millrace_\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`)
  const { text } = pageOf('docs/observability.md')
  const listed = [...text.matchAll(/^\| `(millrace_\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`)
  expect(listed.toSorted()).toEqual(served.toSorted())
  expect(served.length).toBeGreaterThan(20)
})
