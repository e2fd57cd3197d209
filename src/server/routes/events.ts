import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Access } from '../access/index.js'
import type { LiveFeed } from '../live-feed.js'

/** Proxies close what is silent. */
const beatMs = 15_000
/** A session that ended ends its streams: between two beats at the latest it is asked for again. */
const askAgainMs = 20_000

export function eventRoutes(feed: LiveFeed, access: Access): Hono {
  const app = new Hono()
  app.get('/events', (c) => {
    // nginx would keep events back until a buffer is full.
    c.header('x-accel-buffering', 'no')
    return streamSSE(c, async (stream) => {
      const reader = feed.join()
      stream.onAbort(() => reader.leave())
      await stream.write(': here\n\n')
      let askedMs = access.clock.monotonicMs()
      for (let id = 1; ; ) {
        const events = await reader.next(beatMs)
        if (!events || stream.aborted) return
        if (access.clock.monotonicMs() - askedMs >= askAgainMs) {
          askedMs = access.clock.monotonicMs()
          if (!(await access.isStillKnown(c))) return reader.leave()
        }
        if (events.length === 0) await stream.write(': here\n\n')
        for (const event of events) await stream.writeSSE({ id: String(id++), data: JSON.stringify(event) })
      }
    })
  })
  return app
}
