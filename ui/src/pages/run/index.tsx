import { Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import type { RunDetail } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { Page } from '../../design/page.js'
import { selectionWords, triggerWords } from '../../design/runs/run-words.js'
import { Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Tags } from '../../design/text/tags.js'
import { Ago, duration, lasted, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { Actions } from './actions.js'
import { ChangedColumns } from './changed-columns.js'
import { useEventsOf } from './events.js'
import { FailedPartitions } from './failed-partitions.js'
import { Failures } from './failures.js'
import { Gantt, useTicking } from './gantt.js'
import { Log, type LogFilter } from './log.js'
import { isLevel } from './log-lines.js'

const route = getRouteApi('/runs/$id')
const isActive = (run: RunDetail) => ['queued', 'starting', 'running', 'cancelling'].includes(run.status)
/** Events tell of changes; this is for what they miss. Many steps are many bytes. */
const refetchMs = (run: RunDetail) => (run.steps.length > 500 ? 10_000 : 2_000)

export function RunPage() {
  const { id } = route.useParams()
  const query = useQuery({
    queryKey: ['run', id],
    queryFn: () => get<RunDetail>(`/runs/${id}`),
    refetchInterval: ({ state }) => (state.data && isActive(state.data) ? refetchMs(state.data) : false),
  })
  return (
    <Loaded query={query} skeleton={<Shape />}>
      {(run) => <Content key={run.id} run={run} />}
    </Loaded>
  )
}

function Content({ run }: { run: RunDetail }) {
  const { step, level, find = '' } = route.useSearch()
  const navigate = useNavigate()
  const [picked, setPicked] = useState<ReadonlySet<string>>()
  const isGoing = isActive(run)
  const resumed = useEventsOf(run.id, 'run_resumed', run.attempt > 1)
  const onFilter = useCallback(
    (change: Partial<LogFilter>) =>
      void navigate({
        to: '/runs/$id',
        params: { id: run.id },
        search: (now) => ({
          ...now,
          ...change,
          ...('level' in change && change.level === 'info' ? { level: undefined } : {}),
          ...('find' in change ? { find: change.find || undefined } : {}),
        }),
        replace: true,
        resetScroll: false,
      }),
    [navigate, run.id],
  )
  const resumedAt = useMemo(() => (resumed.data ?? []).map((event) => event.at), [resumed.data])
  const onShowLog = (key: string) => {
    onFilter({ step: key })
    document.getElementById('log')?.scrollIntoView({ block: 'start', behavior: 'smooth' })
  }
  return (
    <Page
      title={`Run ${run.id.slice(-8)}`}
      aside={<Status value={run.status} isFilled />}
      actions={
        <Actions
          run={run}
          isActive={isGoing}
          picked={picked}
          onPicking={(isOn) => setPicked(isOn ? new Set() : undefined)}
        />
      }
      lead={<Lead run={run} resumed={resumedAt.length} />}
    >
      {(!isGoing || run.error) && <Failures run={run} onShowLog={onShowLog} />}
      {!isGoing && run.failedPartitions.length > 0 && <FailedPartitions failed={run.failedPartitions} />}
      {!isGoing && <ChangedColumns run={run} />}
      <Gantt
        run={run}
        isActive={isGoing}
        resumedAt={resumedAt}
        chosen={step}
        onChoose={(key) => onFilter({ step: key })}
        picked={picked}
        onPick={(key) =>
          setPicked(
            (known = new Set()) => new Set(known.has(key) ? [...known].filter((one) => one !== key) : [...known, key]),
          )
        }
      />
      <div id="log">
        <Log
          run={run}
          isActive={isGoing}
          filter={{ level: isLevel(level) ? level : 'info', step, find }}
          onFilter={onFilter}
        />
      </div>
    </Page>
  )
}

/** What it runs, who asked, when, how long it waited and took, and what came before and after it. */
function Lead({ run, resumed }: { run: RunDetail; resumed: number }) {
  useTicking(isActive(run))
  const { type, name } = run.trigger
  const queuedMs = Date.parse(run.startedAt ?? run.endedAt ?? new Date().toISOString()) - Date.parse(run.createdAt)
  const parts = [
    <span key="selection" title={run.selection}>
      {run.selection.length > 120 ? `${run.selection.slice(0, 120)} …` : selectionWords(run.selection)}
    </span>,
    run.partitions && (
      <span key="partitions" title={run.partitions}>
        partitions {run.partitions.length > 80 ? `${run.partitions.slice(0, 80)} …` : run.partitions}
      </span>
    ),
    Object.keys(run.tags).length > 0 && (
      <span key="tags">
        tags
        <Tags tags={run.tags} />
      </span>
    ),
    run.config && (
      <span key="config" title={JSON.stringify(run.config, null, 2)}>
        config <code>{shortened(JSON.stringify(run.config))}</code>
      </span>
    ),
    run.fullRefresh && <span key="full">full refresh</span>,
    run.clearData && <span key="clear">clears data</span>,
    <span key="by">
      {type === 'schedule' || type === 'sensor' || type === 'automation' ? (
        <To to="/automation" hash={name} search={{}} inherit>
          {triggerWords(run)}
        </To>
      ) : type === 'backfill' && name ? (
        <To to="/runs" search={{ trigger: name }} inherit>
          {triggerWords(run)}
        </To>
      ) : run.parentRunId ? (
        <To to="/runs/$id" params={{ id: run.parentRunId }} search={{}} inherit>
          {triggerWords(run)}
        </To>
      ) : (
        triggerWords(run)
      )}
    </span>,
    <Ago key="at" at={run.startedAt ?? run.createdAt} />,
    run.startedAt && run.startedAt !== run.endedAt && (
      <span key="took">
        {run.endedAt ? `took ${duration(run.startedAt, run.endedAt)}` : `for ${duration(run.startedAt, undefined)}`}
      </span>
    ),
    queuedMs >= 1000 && (
      <span key="queued">
        {run.startedAt
          ? `waited ${lasted(queuedMs)} in the queue`
          : `in the queue for ${lasted(queuedMs)}${run.waitsFor ? `: ${run.waitsFor}` : ''}`}
      </span>
    ),
    run.startedAt && run.waitsFor && <span key="waits">{run.waitsFor}</span>,
    resumed > 0 && <span key="resumed">taken up again {plural(resumed, 'time')} after its worker was lost</span>,
    ...run.children.map((child) => (
      <span key={child.id}>
        re-run as{' '}
        <To to="/runs/$id" params={{ id: child.id }} search={{}} inherit>
          {child.id.slice(-8)}
        </To>{' '}
        ({child.status})
      </span>
    )),
  ].filter(Boolean)
  return (
    <Text size="sm" c="dimmed" component="div" style={{ overflowWrap: 'anywhere' }}>
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts stand in one order
        <span key={i}>
          {i > 0 && ' · '}
          {part}
        </span>
      ))}
    </Text>
  )
}

const shortened = (text: string) => (text.length > 160 ? `${text.slice(0, 160)} …` : text)

function Shape() {
  return (
    <Stack>
      <Skeleton height={28} width={220} />
      <Skeleton height={16} width="60%" />
      <Skeleton height={260} />
      <Skeleton height={260} />
    </Stack>
  )
}
