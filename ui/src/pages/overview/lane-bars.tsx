import { Popover, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { useRef } from 'react'
import type { Overview, RunSummary } from '../../../../src/server/contract/index.js'
import { selectionWords } from '../../design/runs/run-words.js'
import { firstLine } from '../../design/states.js'
import { Status, statusColor, statusIcon } from '../../design/status.js'
import { Ago, clockTime, duration, exactTime, plural, relativeTime } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { type Batch, batches, type Lane } from './batches.js'
import classes from './timeline.module.css'

const listed = 8
const leaveMs = 150

/** The bars of one lane. Hover, focus or tap one to see its runs; the pointer may go on into the card. */
export function LaneBars({
  lane,
  ticks,
  x,
  now,
  open,
  onOpen,
}: {
  lane: Lane
  ticks: Overview['upcoming']
  x: (at: string) => number
  now: string
  open: string | undefined
  onOpen: (key: string | undefined) => void
}) {
  const leaving = useRef<number>(undefined)
  const stay = () => window.clearTimeout(leaving.current)
  const leave = () => {
    stay()
    leaving.current = window.setTimeout(() => onOpen(undefined), leaveMs)
  }
  return (
    <>
      {batches(lane.runs, x, now).map((batch) => {
        const key = batch.runs[0]?.id ?? ''
        return (
          <Popover
            key={key}
            opened={open === key}
            onChange={(isOpen) => onOpen(isOpen ? key : undefined)}
            position="bottom"
            withArrow
            shadow="md"
            radius="md"
            withinPortal
            transitionProps={{ duration: 60 }}
          >
            <Popover.Target>
              <UnstyledButton
                className={classes.bar}
                style={{ left: batch.leftPx, width: batch.widthPx, background: statusColor(batch.status) }}
                data-status={batch.status}
                aria-label={labelOf(lane, batch)}
                onMouseEnter={() => {
                  stay()
                  onOpen(key)
                }}
                onMouseLeave={leave}
                onClick={() => onOpen(key)}
              >
                {batch.status === 'failed' && <span className={classes.sign}>{statusIcon('failed')}</span>}
                {batch.runs.length > 1 && batch.widthPx > 20 && (
                  <span className={classes.many}>{batch.runs.length}</span>
                )}
              </UnstyledButton>
            </Popover.Target>
            <Popover.Dropdown onMouseEnter={stay} onMouseLeave={leave} p="sm" maw={380}>
              <BatchCard batch={batch} />
            </Popover.Dropdown>
          </Popover>
        )
      })}
      {ticks.map((tick) => (
        <Tooltip
          key={tick.at}
          label={`${tick.automation} ${relativeTime(tick.at)}, ${plural(tick.assets, 'asset')}: ${exactTime(tick.at)}`}
        >
          <span
            className={classes.tick}
            style={{ left: x(tick.at) }}
            role="img"
            aria-label={`${tick.automation} at ${clockTime(tick.at)}`}
          />
        </Tooltip>
      ))}
    </>
  )
}

function labelOf(lane: Lane, { runs, status }: Batch): string {
  const [first] = runs
  if (runs.length === 1 && first) return `${lane.name}: run ${first.id.slice(-8)} ${first.status}`
  return `${lane.name}: ${runs.length} runs, ${runs.filter((run) => run.status === status).length} ${status}`
}

function BatchCard({ batch }: { batch: Batch }) {
  const newest = [...batch.runs].reverse()
  return (
    <div className={classes.card}>
      {newest.slice(0, listed).map((run) => (
        <RunLine key={run.id} run={run} />
      ))}
      {newest.length > listed && (
        <Text size="sm" c="dimmed">
          and {newest.length - listed} older ones
        </Text>
      )}
    </div>
  )
}

function RunLine({ run }: { run: RunSummary }) {
  return (
    <div>
      <div className={classes.cardHead}>
        <To to="/runs/$id" params={{ id: run.id }} fw={500}>
          run {run.id.slice(-8)}
        </To>
        <Status value={run.status} />
        <Text size="sm" c="dimmed" className="digits">
          <Ago at={run.startedAt ?? run.createdAt} />
          {run.startedAt && run.startedAt !== run.endedAt && `, ${duration(run.startedAt, run.endedAt)}`}
        </Text>
      </div>
      <Text size="sm" c="dimmed" lineClamp={1}>
        {selectionWords(run.selection)}
      </Text>
      {run.error && (
        <Text size="sm" lineClamp={2}>
          {firstLine(run.error.message)}
        </Text>
      )}
    </div>
  )
}
