import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleX,
  IconClockExclamation,
  IconHourglass,
  IconLoader2,
  IconPlayerSkipForward,
  IconWorld,
} from '@tabler/icons-react'
import classes from './status.module.css'

type Tone = 'good' | 'run' | 'warn' | 'bad' | 'idle'

interface Look {
  /** For places where only text fits. */
  readonly sign: string
  readonly Icon: typeof IconCircleCheck
  readonly tone: Tone
  readonly isTurning?: boolean
}
const good: Look = { sign: '✓', Icon: IconCircleCheck, tone: 'good' }
const going: Look = { sign: '▶', Icon: IconLoader2, tone: 'run', isTurning: true }
const bad: Look = { sign: '✕', Icon: IconCircleX, tone: 'bad' }
const doubtful: Look = { sign: '!', Icon: IconAlertTriangle, tone: 'warn' }
const stopped: Look = { sign: '■', Icon: IconCircleMinus, tone: 'idle' }
const nothing: Look = { sign: '○', Icon: IconCircleDashed, tone: 'idle' }

const looks: Readonly<Record<string, Look>> = {
  fresh: good,
  succeeded: good,
  passed: good,
  requested: good,
  up: good,
  ok: good,
  running: going,
  starting: going,
  started: going,
  retrying: going,
  stale: { sign: '◷', Icon: IconClockExclamation, tone: 'warn' },
  late: { sign: '◷', Icon: IconHourglass, tone: 'warn' },
  waiting: { sign: '…', Icon: IconHourglass, tone: 'idle' },
  queued: { sign: '…', Icon: IconHourglass, tone: 'idle' },
  warning: doubtful,
  warned: doubtful,
  degraded: doubtful,
  busy: doubtful,
  failed: bad,
  down: bad,
  lost: bad,
  cancelled: stopped,
  cancelling: stopped,
  skipped: { sign: '»', Icon: IconPlayerSkipForward, tone: 'idle' },
  external: { sign: '◌', Icon: IconWorld, tone: 'idle' },
}
const lookOf = (value: string): Look => looks[value] ?? nothing

/** A status as icon, word and colour: never colour alone. `label` says more than the word, `isFilled` stands out. */
export function Status({
  value,
  title,
  label,
  isFilled = false,
}: {
  value: string
  title?: string | undefined
  label?: string
  isFilled?: boolean
}) {
  const { tone } = lookOf(value)
  return (
    <span className={`${classes.status} ${isFilled ? classes.filled : ''}`} data-tone={tone} title={title}>
      <StatusIcon value={value} />
      {label ?? value}
    </span>
  )
}

/** Only the icon; the word must stand beside it or in a label. */
export function StatusIcon({ value, size = 15 }: { value: string; size?: number }) {
  const { Icon, tone, isTurning } = lookOf(value)
  return (
    <Icon
      size={size}
      stroke={2}
      className={isTurning ? 'spin' : undefined}
      style={{ color: `var(--status-${tone})`, flexShrink: 0 }}
      aria-hidden
    />
  )
}

export const statusIcon = (value: string) => lookOf(value).sign
export const statusColor = (value: string) => `var(--status-${lookOf(value).tone})`
export const statusGround = (value: string) => `var(--ground-${lookOf(value).tone})`
