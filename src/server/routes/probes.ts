import { Hono } from 'hono'
import { type Access, viewersOnly } from '../access/index.js'
import type { Metrics } from '../metrics/metrics.js'
import type { Services } from '../services.js'

/** For those who watch over the process, at the addresses that they use elsewhere: not part of the API. */
export function probeRoutes({ store }: Services, access: Access, metrics: Metrics): Hono {
  const app = new Hono()

  /** The process answers; one that does not is to be started again. */
  app.get('/livez', (c) => c.text('ok'))

  /** It can do its work; one that cannot is to be sent no requests for the moment. */
  app.get('/readyz', async (c) => {
    const isReady = await store.readDefinitions().then(
      (definitions) => definitions !== undefined,
      () => false,
    )
    return isReady ? c.text('ok') : c.text('not ready', 503)
  })

  app.get('/metrics', viewersOnly(access), async (c) => {
    const { body, contentType } = await metrics.text()
    return c.body(body, 200, { 'content-type': contentType, 'cache-control': 'no-store' })
  })
  return app
}
