import { Group, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { RunDetail, RunEventView } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { Loaded } from '../../design/states.js'
import classes from './log.module.css'
import { stepTitle } from './step-title.js'

const levels: Readonly<Record<string, readonly string[]>> = {
  all: ['debug', 'info', 'warn', 'error'],
  info: ['info', 'warn', 'error'],
  warnings: ['warn', 'error'],
  errors: ['error'],
}

/** The run's events as a log: filtered by level and text, followed to its end while the run goes on. */
export function Log({ run, isActive }: { run: RunDetail; isActive: boolean }) {
  const [level, setLevel] = useState('info')
  const [search, setSearch] = useState('')
  const query = useQuery({
    queryKey: ['run-events', run.id],
    queryFn: () => get<{ events: RunEventView[] }>(`/runs/${run.id}/events?limit=5000`),
  })
  const titles = new Map(run.steps.map((step) => [step.key, stepTitle(step)]))
  const isVisible = (event: RunEventView) =>
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
          <SegmentedControl size="xs" aria-label="Level" data={Object.keys(levels)} value={level} onChange={setLevel} />
        </Group>
      </Group>
      <Loaded query={query}>
        {({ events }) => <Lines events={events.filter(isVisible)} titles={titles} isActive={isActive} />}
      </Loaded>
    </Stack>
  )
}

function Lines({
  events,
  titles,
  isActive,
}: {
  events: readonly RunEventView[]
  titles: ReadonlyMap<string, string>
  isActive: boolean
}) {
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what moves the view
  useEffect(() => {
    if (isActive && isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [events.length, isActive])
  return (
    <div
      ref={box}
      className={classes.log}
      role="log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight >= scrollHeight - 8
      }}
    >
      {events.length === 0 && <Text size="xs">Nothing of this level.</Text>}
      {events.map((event) => (
        <div key={event.id} className={classes.line} data-level={event.level}>
          <time dateTime={event.at} title={event.at} className={classes.time}>
            {new Date(event.at).toLocaleTimeString(undefined, { hour12: false })}
          </time>
          <span className={classes.step}>{event.step ? (titles.get(event.step) ?? event.step) : 'run'}</span>
          <span>{lineText(event)}</span>
        </div>
      ))}
    </div>
  )
}

/** The message; where the event's type tells more, that first. */
function lineText({ type, asset, check, message }: RunEventView): string {
  if (type === 'log') return message ?? ''
  const what = type.replaceAll('_', ' ')
  return [what, check ?? asset, message].filter(Boolean).join(' · ')
}
