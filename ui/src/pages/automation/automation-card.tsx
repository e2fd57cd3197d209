import { Button, Card, Switch, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconBolt, IconCalendarTime, IconRadar2, IconWebhook } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { AutomationView, TestTick } from '../../../../src/server/contract/index.js'
import { post, put, segment } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { selectionWords } from '../../design/runs/run-words.js'
import { Strip } from '../../design/runs/strip.js'
import { asApiError } from '../../design/states.js'
import { Ago, clockTime, exactTime, lasted, plural, relativeTime, useClock, zoneName } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './automation.module.css'
import { cronsWords } from './cron-words.js'
import { SensorCursor } from './sensor-cursor.js'
import { TestResult } from './test-result.js'
import { Ticks, tickWord } from './ticks.js'
import { WebhookAddress } from './webhook-address.js'

const marks = 40
const icons = { schedule: IconCalendarTime, sensor: IconRadar2, automation: IconBolt } as const

/** One schedule, sensor or automation: its switch, when it fires, what it starts, and what became of its ticks. */
export function AutomationCard({ automation }: { automation: AutomationView }) {
  const path = `/automation/${segment(automation.name)}`
  const client = useQueryClient()
  const failed = (error: unknown) => notifications.show({ color: 'red', message: asApiError(error).message })
  const change = useMutation({
    mutationFn: (isOn: boolean) => put(path, { isOn }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['automation'] }),
    onError: failed,
  })
  const test = useMutation({ mutationFn: () => post<TestTick>(`${path}/test`), onError: failed })
  const mayChange = useMay('editor')
  const ref = useScrolledTo(automation.name)
  const Icon = automation.webhook ? IconWebhook : icons[automation.type]
  const isOn = change.isPending ? change.variables : automation.isOn
  return (
    <Card component="article" id={automation.name} ref={ref} padding={0} aria-label={automation.name}>
      <div className={classes.head}>
        <Switch
          size="sm"
          checked={isOn}
          disabled={!mayChange}
          title={mayChange ? undefined : 'This needs the role editor'}
          onChange={(event) => change.mutate(event.currentTarget.checked)}
          aria-label={`${automation.name} on`}
        />
        <Icon size={17} stroke={1.7} color="var(--ink-soft)" aria-hidden />
        <div className={classes.words}>
          <Title order={2} fz="md" lh="20px">
            {automation.name}
          </Title>
          <Text size="sm" c="dimmed" component="div">
            {automation.webhook ? <WebhookAddress {...automation.webhook} /> : <When automation={automation} />}
          </Text>
        </div>
        <Next automation={automation} />
        {mayChange && (
          <Button
            variant="default"
            loading={test.isPending}
            title="Says what a tick would start now; it starts no run"
            onClick={() => test.mutate()}
          >
            Test tick
          </Button>
        )}
      </div>
      <div className={classes.body}>
        <Text className={classes.target}>
          {sentence(automation.description)} <Starts automation={automation} />
        </Text>
        <History automation={automation} />
      </div>
      {automation.type === 'sensor' && !automation.webhook && <SensorCursor automation={automation} />}
      {test.data && <TestResult result={test.data} onClose={test.reset} />}
      <Ticks automation={automation} />
    </Card>
  )
}

function Starts({ automation: { type, target, targetAssets, observes } }: { automation: AutomationView }) {
  if (observes !== undefined)
    return (
      <>
        It looks at{' '}
        <To to="/assets/$key" params={{ key: observes }} inherit>
          {observes}
        </To>{' '}
        and starts nothing.
      </>
    )
  if (type === 'sensor' && target === '') return <>Its code says what it starts.</>
  return (
    <>
      Starts{' '}
      {type === 'automation' && target === '' ? (
        'these assets'
      ) : (
        <To to="/lineage" search={{ q: target === '*' ? undefined : target }} inherit>
          {selectionWords(target)}
        </To>
      )}
      {type === 'automation' && ', each when its condition holds'}
      {targetAssets === undefined ? ', which is no asset' : ` (${plural(targetAssets, 'asset')})`}.
    </>
  )
}

/** Descriptions are written with and without a full stop. */
const sentence = (text: string) => (text === '' || /[.!?]$/.test(text) ? text : `${text}.`)

/** What became of it, at a glance: the runs that it started, and its last ticks. */
function History({ automation }: { automation: AutomationView }) {
  const { name, ticks, runs } = automation
  if (ticks.length === 0) return null
  return (
    <div className={classes.history}>
      {runs.length > 0 && (
        <>
          <span>runs</span>
          <Strip
            label={`Runs that ${name} started, oldest first`}
            marks={[...runs].reverse().map((run) => ({
              key: run.id,
              status: run.status,
              title: `run ${run.id.slice(-8)} ${run.status}, ${exactTime(run.createdAt)}`,
              runId: run.id,
            }))}
          />
        </>
      )}
      <span>ticks</span>
      <Strip
        label={`Ticks of ${name}, oldest first`}
        marks={[...ticks.slice(0, marks)].reverse().map((tick) => ({
          key: tick.id,
          status: tick.status,
          title: `${tickWord(tick, automation)}${tick.reason ? `: ${tick.reason}` : ''}, ${exactTime(tick.at)}`,
          runId: tick.runIds[0],
          height: tick.status === 'skipped' ? 0.2 : 1,
        }))}
      />
    </div>
  )
}

function When({
  automation: { cron, timezone, intervalMs, monitored, conditions, evaluatedAt },
}: {
  automation: AutomationView
}) {
  if (conditions)
    return (
      <>
        {conditions
          .slice(0, 3)
          .map(({ label }) => label)
          .join(' · ')}
        {conditions.length > 3 && ` · ${conditions.length - 3} more`}
        {evaluatedAt && (
          <>
            , evaluated <Ago at={evaluatedAt} />
          </>
        )}
      </>
    )
  if (monitored !== undefined) return <>is told {monitored}</>
  if (cron === undefined) return <>looks every {lasted(intervalMs ?? 0).replace('.0', '')}</>
  const words = cronsWords(cron)
  const text = cron.join(', ')
  return (
    <>
      {words ?? text}, {timezone} {words && <code className={classes.cron}>{text}</code>}
    </>
  )
}

/** The next ticks in the reader's time, which names its zone: the schedule's own stands beside it, and on hover. */
function Next({ automation: { nextTicks, timezone, type, isOn } }: { automation: AutomationView }) {
  useClock()
  const [first, ...others] = nextTicks
  if (!isOn)
    return (
      <Text size="sm" c="dimmed">
        off
      </Text>
    )
  if (!first) return type !== 'schedule' ? null : <Text size="sm">never again</Text>
  return (
    <div className={classes.next}>
      <Text size="sm">
        next{' '}
        <time dateTime={first} title={exactTime(first, timezone)}>
          {relativeTime(first)}, {clockTime(first)} {zoneName(first)}
        </time>
      </Text>
      <Text size="xs" c="dimmed" visibleFrom="sm">
        then{' '}
        {others.slice(0, 3).map((at, index) => (
          <span key={at}>
            {index > 0 && ', '}
            <time dateTime={at} title={exactTime(at, timezone)}>
              {clockTime(at)}
            </time>
          </span>
        ))}
      </Text>
    </div>
  )
}

/** An address that names this card brings it into view. */
function useScrolledTo(name: string) {
  const ref = useRef<HTMLDivElement>(null)
  const hash = useRouterState({ select: (state) => state.location.hash })
  useEffect(() => {
    if (hash === name) ref.current?.scrollIntoView({ block: 'start' })
  }, [hash, name])
  return ref
}
