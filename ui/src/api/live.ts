import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { LiveEvent } from '../../../src/server/contract/index.js'

const settleMs = 300

/** Keeps every page fresh from the server's events. Answers whether the connection stands. */
export function useLive(): boolean {
  const client = useQueryClient()
  const [isConnected, setConnected] = useState(true)
  useEffect(() => {
    const source = new EventSource('/api/events')
    let timer: number | undefined
    source.onopen = () => {
      setConnected(true)
      // What happened before the connection stood, or while it was broken, was not told.
      void client.invalidateQueries()
    }
    source.onerror = () => setConnected(false)
    source.onmessage = ({ data }) => {
      const event = JSON.parse(data as string) as LiveEvent
      if (event.type === 'run_events') void client.invalidateQueries({ queryKey: ['run-events', event.runId] })
      // Many events come at once; one reload a moment later serves them all.
      window.clearTimeout(timer)
      timer = window.setTimeout(
        () =>
          void client.invalidateQueries({
            predicate: (query) => query.queryKey[0] !== 'run-events' && query.queryKey[0] !== 'sample',
          }),
        settleMs,
      )
    }
    return () => {
      window.clearTimeout(timer)
      source.close()
    }
  }, [client])
  return isConnected
}
