import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { RunEventsAnswer, RunEventView } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'

const pageSize = 2_000
/** Of a run that goes on and on the oldest ones go again: the server has them. */
const mostFollowed = 20_000

/** What of a run's log is asked for; the server looks through all of it. */
export interface LogQuestion {
  readonly levels: readonly string[]
  readonly step: string | undefined
  readonly find: string
}

/** The newest part of the log, oldest first. */
export interface LogPart {
  readonly events: readonly RunEventView[]
  readonly hasOlder: boolean
}

/** The newest events that are so; what is known already is not asked again, and older ones come when they are asked for. */
export function useRunLog(runId: string, { levels, step, find }: LogQuestion) {
  const client = useQueryClient()
  const queryKey = ['run-events', runId, levels.join(), step, find]
  const read = (place: Readonly<Record<string, string>>) => {
    const parameters = new URLSearchParams({ limit: String(pageSize), level: levels.join(), ...place })
    if (step !== undefined) parameters.set('step', step)
    if (find !== '') parameters.set('find', find)
    return get<RunEventsAnswer>(`/runs/${runId}/events?${parameters}`)
  }
  const known = () => client.getQueryData<LogPart>(queryKey)
  const log = useQuery({
    queryKey,
    // Comparing thousands of events with themselves would cost more than drawing them.
    structuralSharing: false,
    placeholderData: keepPreviousData,
    // Another word is another part of the log: what is not looked at any more is let go.
    gcTime: 10_000,
    queryFn: async (): Promise<LogPart> => {
      const last = known()?.events.at(-1)
      const newer = last && (await read({ after: String(last.id) }))
      // More than a part has come since: the page shows the end.
      if (!newer || newer.hasMore) {
        const { events, hasMore } = await read({ newest: 'true' })
        return { events, hasOlder: hasMore }
      }
      const now = known() ?? { events: [], hasOlder: false }
      if (newer.events.length === 0) return now
      const events = [...now.events, ...newer.events]
      return { events: events.slice(-mostFollowed), hasOlder: now.hasOlder || events.length > mostFollowed }
    },
  })
  const older = useMutation({
    mutationFn: async () => {
      const first = known()?.events[0]
      if (!first) return
      const { events, hasMore } = await read({ newest: 'true', before: String(first.id) })
      client.setQueryData<LogPart>(queryKey, (now) => ({
        events: [...events, ...(now?.events ?? [])],
        hasOlder: hasMore,
      }))
    },
  })
  return { log, older }
}

/** Its events of one type, the first of them. */
export function useEventsOf(runId: string, type: string, isWanted = true) {
  return useQuery({
    queryKey: ['run-events', runId, 'of', type],
    queryFn: async () => (await get<RunEventsAnswer>(`/runs/${runId}/events?type=${type}&limit=5000`)).events,
    enabled: isWanted,
  })
}
