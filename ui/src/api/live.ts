import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { LiveEvent } from '../../../src/server/contract/index.js'
import { basePath } from './base-path.js'
import { Reloads } from './reloads.js'
import { sessionKey } from './session.js'

/** How often pages ask again that tell what becomes late, or why nothing happens: nothing tells of that. */
export const agesMs = 45_000

/** What a change makes old, by the first part of the query's key. What a person asked for once is never asked again. */
const touched: Readonly<Record<LiveEvent['type'], readonly string[]>> = {
  run: [
    'runs',
    'run',
    'overview',
    'health',
    'connections',
    'connection',
    'asset',
    'assets',
    'automation',
    'conditions',
    'deployment',
    'why',
  ],
  run_events: [
    ...[
      'run',
      'run-events',
      'runs',
      'overview',
      'connections',
      'connection',
      'asset',
      'assets',
      'partitions',
      'backfills',
      'conditions',
      'why',
    ],
  ],
  automation: ['automation', 'overview', 'conditions', 'why'],
  backfill: ['backfills', 'partitions'],
  definitions: [
    ...[
      'overview',
      'health',
      'connections',
      'connection',
      'connection-settings',
      'secrets',
      'asset',
      'assets',
      'automation',
      'runs',
    ],
    ...['models', 'model', 'fields', 'trace', 'partitions', 'selection', 'why', 'code-changes', 'automation-names'],
    ...['connectors', 'connector-problem', 'connector-problems', 'connector-manifest'],
  ],
}

export interface Live {
  readonly isConnected: boolean
  /** When the connection was lost. */
  readonly lostAt: string | undefined
}

/** A browser does not ask again by itself where it was refused. */
const askAgainMs = 3_000
/** Who looks at another tab comes back in a moment, or not for long. */
const hiddenMs = 5_000

/**
 * Keeps every page fresh from the server's events, while somebody sees it: a browser holds six connections to a server, which
 * tabs behind others would take from the one in front. What they missed is asked for when they are shown again.
 */
export function useLive(): Live {
  const client = useQueryClient()
  const [lostAt, setLostAt] = useState<string>()
  useEffect(() => {
    const reloads = new Reloads(client)
    let source: EventSource | undefined
    let timer: number | undefined
    let hiding: number | undefined
    const open = () => {
      const opened = new EventSource(`${basePath}/api/events`)
      source = opened
      source.onopen = () => {
        setLostAt(undefined)
        // What happened before the connection stood, or while it was broken, was not told.
        void client.invalidateQueries()
      }
      source.onerror = () => {
        setLostAt((known) => known ?? new Date().toISOString())
        if (opened.readyState !== EventSource.CLOSED) return
        // The session may have ended, which leads to the login; or the store is away for a moment.
        void client.invalidateQueries({ queryKey: sessionKey })
        timer = window.setTimeout(open, askAgainMs)
      }
      source.onmessage = ({ data }) => {
        const event = JSON.parse(data as string) as LiveEvent
        reloads.add(touched[event.type])
      }
    }
    const close = () => {
      window.clearTimeout(timer)
      source?.close()
      source = undefined
    }
    const look = () => {
      window.clearTimeout(hiding)
      if (document.visibilityState === 'hidden') hiding = window.setTimeout(close, hiddenMs)
      else if (source === undefined) open()
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      window.clearTimeout(hiding)
      reloads.stop()
      close()
    }
  }, [client])
  return { isConnected: lostAt === undefined, lostAt }
}
