import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Access } from '../access/index.js'
import type { LiveFeed } from '../live-feed.js'

/** Proxies close what is silent. */
const beatMs = 15_000
/** After it was told something, a browser is told what came since in one go: of what goes on all the time the newest is enough. */
const restMs = 250
/** A session that ended ends its streams: between two beats at the latest it is asked for again. */
const askAgainMs = 20_000

export function eventRoutes(feed: LiveFeed, access: Access): Hono {
  const app = new Hono()
  app.get('/events', (c) => {
    // nginx would keep events back until a buffer is full.
    c.header('x-accel-buffering', 'no')
    const reader = feed.join()
    return streamSSE(c, async (stream) => {
      stream.onAbort(() => reader.leave())
      try {
        await stream.write(': here\n\n')
        let askedMs = access.clock.monotonicMs()
        for (let id = 1; ; ) {
          const events = await reader.next(beatMs)
          if (!events || stream.aborted) return
          if (access.clock.monotonicMs() - askedMs >= askAgainMs) {
            askedMs = access.clock.monotonicMs()
            if (!(await access.isStillKnown(c))) return
          }
          const told = events.map((event) => `id: ${id++}\ndata: ${JSON.stringify(event)}\n\n`)
          await stream.write(told.length > 0 ? told.join('') : ': here\n\n')
          if (told.length > 0) await stream.sleep(restMs)
        }
      } finally {
        reader.leave()
      }
    })
  })
  return app
}
