import { Checkbox, Group, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useEffect, useMemo, useReducer, useState } from 'react'
import type { RunDetail, RunStepView } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { Status, statusColor } from '../../design/status.js'
import { useWindowed } from '../../design/tables/windowed.js'
import { count, duration, lasted } from '../../design/text/time.js'
import classes from './gantt.module.css'
import { groupSteps, needsLook, outcomeOf, readyAt, type StepGroup, standstills, stepTitle, ticks } from './steps.js'

/** A group of more steps than this opens folded; what failed or runs is shown nevertheless. */
const foldedFrom = 40
const wideRow = 28
const narrowRow = 46
/** A wait that is shorter than this is the beat of the engine, not a queue. */
const shortestWaitMs = 30

interface GanttProps {
  readonly run: RunDetail
  readonly isActive: boolean
  /** When an engine took the run up again. */
  readonly resumedAt: readonly string[]
  readonly chosen: string | undefined
  readonly onChoose: (step: string | undefined) => void
  /** Keys of picked steps; undefined while none are to be picked. */
  readonly picked: ReadonlySet<string> | undefined
  readonly onPick: (key: string) => void
}

type Row =
  | { readonly type: 'group'; readonly group: StepGroup; readonly isOpen: boolean }
  | { readonly type: 'step'; readonly step: RunStepView }

/** Steps as bars over the run's time, hatched while they wait; sorts of steps fold. */
export function Gantt({ run, isActive, resumedAt, chosen, onChoose, picked, onPick }: GanttProps) {
  useTicking(isActive)
  const isNarrow = useMediaQuery('(max-width: 48em)') ?? false
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const groups = useMemo(() => groupSteps(run.steps), [run.steps])
  const byKey = useMemo(() => new Map(run.steps.map((step) => [step.key, step])), [run.steps])
  const rows = useMemo(
    () =>
      groups.flatMap((group): Row[] => {
        const isOpen = (group.title !== 'Checks' && group.steps.length <= foldedFrom) !== toggled.has(group.title)
        const shown = isOpen ? group.steps : group.steps.filter((step) => needsLook(step) || step.key === chosen)
        return [{ type: 'group', group, isOpen }, ...shown.map((step): Row => ({ type: 'step', step }))]
      }),
    [groups, toggled, chosen],
  )
  const rowHeight = isNarrow ? narrowRow : wideRow
  const { ref, from, to, above, below } = useWindowed(rows.length, rowHeight)
  const scale = scaleOf(run)
  const toggle = (title: string) =>
    setToggled((known) => new Set(known.has(title) ? [...known].filter((one) => one !== title) : [...known, title]))
  return (
    <Section
      title="Steps"
      isFlush
      aside={
        <Group gap="md">
          <span>
            <span className={`${classes.wait} ${classes.legend}`} /> waiting
          </span>
          {resumedAt.length > 0 && <span>┊ taken up again</span>}
        </Group>
      }
    >
      {run.steps.length === 0 && (
        <Text size="sm" c="dimmed" p="md">
          {isActive ? 'Not planned yet: the engine does that when it takes the run up.' : 'It never came to any step.'}
        </Text>
      )}
      {run.steps.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        <div ref={ref} className={classes.box} tabIndex={0}>
          <div className={`${classes.row} ${classes.axisRow}`} aria-hidden>
            <span className={classes.name} />
            <span className={classes.axis}>
              {ticks(scale.spanMs, isNarrow ? 2 : 6).map((ms) => (
                <span key={ms} className={classes.tick} style={{ left: `${(ms / scale.spanMs) * 100}%` }}>
                  {ms / scale.spanMs < 0.93 && (ms === 0 ? '0' : axisTime(ms))}
                </span>
              ))}
            </span>
            <span />
            <span />
          </div>
          {above > 0 && <div style={{ height: above }} />}
          {rows
            .slice(from, to)
            .map((row) =>
              row.type === 'group' ? (
                <GroupRow
                  key={row.group.title}
                  group={row.group}
                  isOpen={row.isOpen}
                  scale={scale}
                  onToggle={() => toggle(row.group.title)}
                />
              ) : (
                <StepRow
                  key={row.step.key}
                  step={row.step}
                  ready={readyAt(row.step, run, byKey)}
                  scale={scale}
                  resumedAt={resumedAt}
                  isActive={isActive}
                  isChosen={row.step.key === chosen}
                  onChoose={() => onChoose(row.step.key === chosen ? undefined : row.step.key)}
                  isPicked={picked?.has(row.step.key)}
                  onPick={() => onPick(row.step.key)}
                />
              ),
            )}
          {below > 0 && <div style={{ height: below }} />}
        </div>
      )}
    </Section>
  )
}

interface Scale {
  readonly spanMs: number
  readonly percent: (at: string | undefined) => number
}

/** From the request to the end, or to now. */
function scaleOf(run: RunDetail): Scale {
  const start = Date.parse(run.createdAt)
  const spanMs = Math.max(1, (run.endedAt ? Date.parse(run.endedAt) : Date.now()) - start)
  return { spanMs, percent: (at) => (at ? Math.min(100, Math.max(0, ((Date.parse(at) - start) / spanMs) * 100)) : 100) }
}

const axisTime = (ms: number) =>
  lasted(ms)
    .replace(/\.0 s$/, ' s')
    .replace(/ 0 s$/, '')

function GroupRow({
  group,
  isOpen,
  scale,
  onToggle,
}: {
  group: StepGroup
  isOpen: boolean
  scale: Scale
  onToggle: () => void
}) {
  const begun = group.steps.flatMap((step) => step.startedAt ?? [])
  const isLive = group.steps.some((step) => step.status === 'running' || step.status === 'retrying')
  const ended = group.steps.flatMap((step) => (step.startedAt && step.endedAt ? step.endedAt : []))
  const first = begun.reduce<string | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined)
  const last = isLive
    ? undefined
    : ended.reduce<string | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined)
  const outcomes = group.steps.map(outcomeOf)
  const worst =
    ['failed', 'running', 'retrying', 'waiting', 'warned', 'cancelled', 'skipped', 'pending', 'succeeded'].find((one) =>
      outcomes.includes(one),
    ) ?? 'pending'
  const done = outcomes.filter((one) => !['pending', 'waiting', 'running', 'retrying'].includes(one)).length
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  const left = scale.percent(first)
  const alike = outcomes.filter((one) => one === worst).length
  return (
    <button type="button" className={classes.row} aria-expanded={isOpen} onClick={onToggle}>
      <span className={`${classes.name} ${classes.group}`}>
        <Chevron size={14} aria-hidden style={{ flexShrink: 0 }} />
        <span>
          {group.title} ({done < group.steps.length ? `${count(done)} of ` : ''}
          {count(group.steps.length)})
        </span>
      </span>
      <span className={classes.track}>
        {first !== undefined && (
          <span
            className={classes.bar}
            data-is-group
            data-is-live={isLive}
            style={{ left: `${left}%`, width: `${scale.percent(last) - left}%`, background: statusColor(worst) }}
          />
        )}
      </span>
      <span className={classes.time}>{first === undefined ? '' : duration(first, last)}</span>
      <Status value={worst} label={alike < outcomes.length ? `${count(alike)} ${worst}` : worst} />
    </button>
  )
}

interface StepRowProps {
  readonly step: RunStepView
  readonly ready: string | undefined
  readonly scale: Scale
  readonly resumedAt: readonly string[]
  readonly isActive: boolean
  readonly isChosen: boolean
  readonly onChoose: () => void
  /** Undefined while no steps are to be picked. */
  readonly isPicked: boolean | undefined
  readonly onPick: () => void
}

function StepRow({ step, ready, scale, resumedAt, isActive, isChosen, onChoose, isPicked, onPick }: StepRowProps) {
  const outcome = outcomeOf(step)
  const isLive = step.status === 'running' || step.status === 'retrying'
  const isWaiting = step.status === 'pending' || step.status === 'waiting'
  const waitEnd = step.startedAt ?? (isActive && isWaiting ? new Date().toISOString() : undefined)
  const waitMs = ready && waitEnd ? Date.parse(waitEnd) - Date.parse(ready) : 0
  const left = scale.percent(step.startedAt)
  const why = step.reason ?? step.error?.message.split('\n')[0] ?? step.checks.find((check) => check.message)?.message
  const title = [
    `${stepTitle(step)}: ${outcome}`,
    why,
    waitMs >= shortestWaitMs ? `waited ${lasted(waitMs)}` : '',
    step.attempt > 1 ? `attempt ${step.attempt}` : '',
  ]
    .filter(Boolean)
    .join(' · ')
  const fraction = isLive ? step.progress?.fraction : undefined
  return (
    <button
      type="button"
      className={classes.row}
      title={title}
      aria-pressed={isPicked ?? isChosen}
      data-is-chosen={isChosen}
      onClick={isPicked === undefined ? onChoose : onPick}
    >
      <span className={`${classes.name} ${classes.member}`}>
        {isPicked !== undefined && <Checkbox.Indicator size="xs" checked={isPicked} />}
        <span>{stepTitle(step)}</span>
      </span>
      <span className={classes.track}>
        {waitMs >= shortestWaitMs && (
          <span
            className={classes.wait}
            style={{ left: `${scale.percent(ready)}%`, width: `${scale.percent(waitEnd) - scale.percent(ready)}%` }}
          />
        )}
        {step.startedAt ? (
          <span
            className={classes.bar}
            data-is-live={isLive}
            style={{
              left: `${left}%`,
              width: `${scale.percent(step.endedAt) - left}%`,
              background: statusColor(outcome),
            }}
          />
        ) : (
          step.reason && <span className={classes.reason}>{step.reason}</span>
        )}
        {standstills(step).map(({ from, to }) => (
          <span
            key={from}
            className={`${classes.wait} ${classes.standstill}`}
            style={{ left: `${scale.percent(from)}%`, width: `${scale.percent(to) - scale.percent(from)}%` }}
          />
        ))}
        {resumedAt.map((at) => (
          <span key={at} className={classes.resumed} style={{ left: `${scale.percent(at)}%` }} />
        ))}
      </span>
      <span className={classes.time}>{step.startedAt ? duration(step.startedAt, step.endedAt) : ''}</span>
      <Status
        value={outcome}
        label={
          fraction !== undefined
            ? `running ${Math.round(fraction * 100)} %`
            : step.attempt > 1
              ? `${outcome}, ${step.attempt}.`
              : outcome
        }
      />
    </button>
  )
}

/** Renders again every half second, so that bars and durations grow while the run goes on. */
export function useTicking(isOn: boolean): void {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0)
  useEffect(() => {
    if (!isOn) return
    const timer = window.setInterval(tick, 500)
    return () => window.clearInterval(timer)
  }, [isOn])
}
