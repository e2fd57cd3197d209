import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useReducer } from 'react'
import type { RunDetail } from '../../../../src/server/contract/index.js'
import { get, post } from '../../api/client.js'
import { ErrorBox, Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, duration } from '../../design/time.js'
import { To } from '../../design/to.js'
import { Gantt } from './gantt.js'
import { Log } from './log.js'

const route = getRouteApi('/runs/$id')
const isActive = (run: RunDetail) => ['queued', 'starting', 'running', 'cancelling'].includes(run.status)

export function RunPage() {
  const { id } = route.useParams()
  const query = useQuery({
    queryKey: ['run', id],
    queryFn: () => get<RunDetail>(`/runs/${id}`),
    refetchInterval: ({ state }) => (state.data && isActive(state.data) ? 1000 : false),
  })
  return <Loaded query={query}>{(run) => <Content run={run} />}</Loaded>
}

function Content({ run }: { run: RunDetail }) {
  const navigate = useNavigate()
  useTicking(isActive(run))
  const rerun = async (mode: 'all' | 'from_failure') => {
    const { runId } = await post<{ runId: string }>(`/runs/${run.id}/rerun`, { mode })
    await navigate({ to: '/runs/$id', params: { id: runId } })
  }
  return (
    <Stack>
      <Group justify="space-between">
        <Group gap="xs">
          <Title order={2}>Run {run.id.slice(-8)}</Title>
          <Status value={run.status} />
        </Group>
        <Group gap="xs">
          {isActive(run) ? (
            <Button size="xs" color="red" variant="light" onClick={() => void post(`/runs/${run.id}/cancel`)}>
              Cancel
            </Button>
          ) : (
            <>
              {run.status !== 'succeeded' && (
                <Button size="xs" onClick={() => void rerun('from_failure')}>
                  Re-run from failure
                </Button>
              )}
              <Button size="xs" variant="default" onClick={() => void rerun('all')}>
                Re-run all
              </Button>
            </>
          )}
        </Group>
      </Group>
      <Text size="sm" c="dimmed">
        {run.selection} · by {run.trigger.type}
        {run.trigger.name && run.trigger.type !== 'rerun' ? ` ${run.trigger.name}` : ''} ·{' '}
        <Ago at={run.startedAt ?? run.createdAt} /> · {duration(run.startedAt, run.endedAt)}
        {run.attempt > 1 ? ` · taken up ${run.attempt} times` : ''}
        {run.parentRunId && (
          <>
            {' '}
            · after{' '}
            <To to="/runs/$id" params={{ id: run.parentRunId }}>
              {run.parentRunId.slice(-8)}
            </To>
          </>
        )}
        {run.children.map((child) => (
          <span key={child.id}>
            {' '}
            · again as{' '}
            <To to="/runs/$id" params={{ id: child.id }}>
              {child.id.slice(-8)}
            </To>
          </span>
        ))}
      </Text>
      {run.error && <ErrorBox error={run.error} />}
      <Gantt run={run} />
      <Log run={run} isActive={isActive(run)} />
    </Stack>
  )
}

/** Renders again every half second, so that bars and durations grow while the run goes on. */
function useTicking(isOn: boolean): void {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0)
  useEffect(() => {
    if (!isOn) return
    const timer = window.setInterval(tick, 500)
    return () => window.clearInterval(timer)
  }, [isOn])
}
