import { Box, Button, Group, Progress, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { RunDetail, RunEventView, RunStepView } from '../../../../src/server/contract/index.js'
import { get, post } from '../../api/client.js'
import { ErrorBox, Loaded } from '../../design/states.js'
import { Status, statusColor } from '../../design/status.js'
import { Ago, duration } from '../../design/time.js'
import { To } from '../../design/to.js'

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
      <Log run={run} />
    </Stack>
  )
}

/** Steps as bars over the run's time. */
function Gantt({ run }: { run: RunDetail }) {
  const start = Date.parse(run.startedAt ?? run.createdAt)
  const end = run.endedAt ? Date.parse(run.endedAt) : Date.now()
  const span = Math.max(1, end - start)
  const percent = (at: string | undefined) => (at ? ((Date.parse(at) - start) / span) * 100 : 0)
  return (
    <Stack gap={2}>
      <Title order={4}>Steps</Title>
      {run.steps.map((step) => (
        <Bar
          key={step.key}
          step={step}
          left={percent(step.startedAt)}
          right={step.endedAt ? percent(step.endedAt) : 100}
        />
      ))}
    </Stack>
  )
}

function Bar({ step, left, right }: { step: RunStepView; left: number; right: number }) {
  const title = `${step.key}: ${step.status}${step.reason ? ` (${step.reason})` : ''}${step.error ? ` ${step.error.message}` : ''}`
  return (
    <Group gap="xs" wrap="nowrap" title={title}>
      <Text size="xs" w={{ base: 130, sm: 300 }} truncate style={{ flexShrink: 0 }}>
        {step.key}
      </Text>
      <Box flex={1} h={16} pos="relative" style={{ background: 'var(--mantine-color-default-hover)', borderRadius: 2 }}>
        {step.startedAt && (
          <Box
            pos="absolute"
            h={16}
            style={{
              left: `${left}%`,
              width: `${Math.max(0.5, right - left)}%`,
              background: statusColor(step.status),
              borderRadius: 2,
            }}
          />
        )}
      </Box>
      <Text size="xs" w={70} ta="right" style={{ flexShrink: 0 }}>
        {step.startedAt ? duration(step.startedAt, step.endedAt) : ''}
      </Text>
      <Box w={100} style={{ flexShrink: 0 }}>
        {step.progress?.fraction !== undefined && step.status === 'running' ? (
          <Progress value={step.progress.fraction * 100} aria-label={step.progress.message} />
        ) : (
          <Status value={step.status} title={title} />
        )}
      </Box>
    </Group>
  )
}

const levels: Readonly<Record<string, readonly string[]>> = {
  all: ['debug', 'info', 'warn', 'error'],
  info: ['info', 'warn', 'error'],
  warnings: ['warn', 'error'],
  errors: ['error'],
}

function Log({ run }: { run: RunDetail }) {
  const [level, setLevel] = useState('info')
  const [search, setSearch] = useState('')
  const query = useQuery({
    queryKey: ['run-events', run.id],
    queryFn: () => get<{ events: RunEventView[] }>(`/runs/${run.id}/events?limit=5000`),
  })
  const visible = (event: RunEventView) =>
    event.type !== 'progress' &&
    levels[level]?.includes(event.level ?? 'info') &&
    JSON.stringify(event).toLowerCase().includes(search.toLowerCase())
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={4}>Log</Title>
        <Group gap="xs">
          <TextInput
            size="xs"
            placeholder="Search"
            aria-label="Search the log"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <SegmentedControl size="xs" data={Object.keys(levels)} value={level} onChange={setLevel} />
        </Group>
      </Group>
      <Loaded query={query}>
        {({ events }) => (
          <Box
            mah={420}
            style={{
              overflow: 'auto',
              fontFamily: 'monospace',
              fontSize: 12,
              border: '1px solid var(--mantine-color-default-border)',
            }}
            p="xs"
            tabIndex={0}
            role="log"
          >
            {events.filter(visible).map((event) => (
              <div
                key={event.id}
                style={{
                  color: event.level === 'error' ? 'var(--mantine-color-red-text)' : undefined,
                  whiteSpace: 'pre-wrap',
                  wordBreak: 'break-word',
                }}
              >
                <span style={{ opacity: 0.6 }}>{new Date(event.at).toLocaleTimeString()} </span>
                {event.step ?? ''} {event.type === 'log' ? '' : event.type.replaceAll('_', ' ')} {event.asset ?? ''}{' '}
                {event.check ?? ''} {event.message ?? ''}
              </div>
            ))}
          </Box>
        )}
      </Loaded>
    </Stack>
  )
}
