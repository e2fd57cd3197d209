import { useLocalStorage } from '@mantine/hooks'
import { useCallback } from 'react'

/** A query that was sent, as this browser remembers it. */
export interface PastQuery {
  readonly sql: string
  readonly at: string
  /** Undefined when it failed. */
  readonly rows?: number | undefined
  readonly durationMs?: number | undefined
}

const most = 100

/** The latest queries of this browser, newest first; one that is sent again moves up. */
export function useHistory() {
  const [past, setPast] = useLocalStorage<readonly PastQuery[]>({ key: 'millrace.query.history', defaultValue: [] })
  const remember = useCallback(
    (query: PastQuery) => setPast((known) => [query, ...known.filter((one) => one.sql !== query.sql)].slice(0, most)),
    [setPast],
  )
  return { past, remember, forget: useCallback(() => setPast([]), [setPast]) }
}
