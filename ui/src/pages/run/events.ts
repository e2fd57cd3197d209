import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { RunEventView } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'

const pageSize = 5_000

/** The events of a run, oldest first. What is known already is not asked again. */
export function useRunEvents(runId: string) {
  const client = useQueryClient()
  const queryKey = ['run-events', runId]
  return useQuery({
    queryKey,
    // Comparing a hundred thousand events with themselves would cost more than drawing them.
    structuralSharing: false,
    queryFn: async () => {
      const known = client.getQueryData<RunEventView[]>(queryKey) ?? []
      const found: RunEventView[] = []
      for (let after = known.at(-1)?.id ?? 0; ; ) {
        const page = await get<{ events: RunEventView[]; lastId: number }>(
          `/runs/${runId}/events?after=${after}&limit=${pageSize}`,
        )
        found.push(...page.events)
        after = page.lastId
        if (page.events.length < pageSize) break
      }
      return found.length === 0 ? known : [...known, ...found]
    },
  })
}
