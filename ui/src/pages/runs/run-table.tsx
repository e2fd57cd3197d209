import { Progress, Text } from '@mantine/core'
import type { RunSummary } from '../../../../src/server/contract/index.js'
import { Elapsed } from '../../design/runs/elapsed.js'
import { partitionsWords, selectionWords, triggerWords } from '../../design/runs/run-words.js'
import { firstLine, placeOf } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Tags } from '../../design/text/tags.js'
import { Ago, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { RunActions } from './run-actions.js'
import classes from './runs.module.css'

export const isActive = ({ status }: Pick<RunSummary, 'status'>) =>
  ['queued', 'starting', 'running', 'cancelling'].includes(status)

const durationMs = (run: RunSummary) =>
  run.startedAt === undefined
    ? undefined
    : Date.parse(run.endedAt ?? new Date().toISOString()) - Date.parse(run.startedAt)

const columns: readonly GridColumn<RunSummary>[] = [
  {
    key: 'run',
    title: 'Run',
    width: 124,
    value: (run) => run.id,
    canCopy: true,
    cell: (run) => (
      <To to="/runs/$id" params={{ id: run.id }} ff="monospace" size="sm">
        {run.id.slice(-8)}
      </To>
    ),
  },
  {
    key: 'status',
    title: 'Status',
    width: 116,
    value: (run) => run.status,
    cell: (run) => <Status value={run.status} />,
  },
  { key: 'what', title: 'What', isFlexible: true, value: (run) => run.selection, cell: (run) => <What run={run} /> },
  { key: 'trigger', title: 'By', width: 156, value: triggerWords, cell: (run) => <Trigger run={run} /> },
  { key: 'steps', title: 'Steps', width: 176, cell: (run) => <Steps run={run} /> },
  {
    key: 'started',
    title: 'Started',
    width: 124,
    value: (run) => run.startedAt ?? run.createdAt,
    cell: (run) => <Ago at={run.startedAt ?? run.createdAt} />,
  },
  {
    key: 'duration',
    title: 'Duration',
    width: 96,
    isNumeric: true,
    value: durationMs,
    cell: (run) => <Elapsed from={run.startedAt} to={run.endedAt} isOver={!isActive(run)} />,
  },
  { key: 'actions', title: '', width: 92, cell: (run) => <RunActions run={run} /> },
]

/** Runs, newest first: what, why, how far, how long; and what can be done with them. */
export function RunTable({ runs }: { runs: readonly RunSummary[] }) {
  return <DataGrid label="Runs" hasTools columns={columns} rows={runs} rowKey={(run) => run.id} minWidth={880} />
}

function What({ run }: { run: RunSummary }) {
  const place = placeOf(run.error)
  return (
    <div className={classes.what}>
      <div className={classes.words}>
        <span className={classes.clip} title={run.selection}>
          {selectionWords(run.selection)}
        </span>
        {(run.fullRefresh || run.clearData) && (
          <Text span size="sm" c="dimmed">
            {' '}
            · {run.clearData ? 'clears data' : 'full refresh'}
          </Text>
        )}
        {run.partitions && (
          <Text span size="sm" c="dimmed" title={run.partitions} className={classes.partitions}>
            · {partitionsWords(run)}
          </Text>
        )}
        <Tags tags={run.tags} />
      </div>
      {run.error && (
        <div className={classes.error} title={run.error.message}>
          {firstLine(run.error.message)}
          {place && ` (${place})`}
        </div>
      )}
    </div>
  )
}

function Trigger({ run }: { run: RunSummary }) {
  const words = triggerWords(run)
  const { type, name } = run.trigger
  if ((type === 'rerun' || type === 'retry') && run.parentRunId)
    return (
      <To to="/runs/$id" params={{ id: run.parentRunId }} size="sm" c="dimmed" className={classes.nowrap}>
        {words}
      </To>
    )
  if (type === 'backfill' && name)
    return (
      <To to="/runs" search={{ trigger: name }} size="sm" c="dimmed" className={classes.nowrap}>
        {words}
      </To>
    )
  if ((type === 'schedule' || type === 'sensor' || type === 'automation') && name)
    return (
      <To to="/automation" hash={name} search={{}} size="sm" c="dimmed" className={classes.nowrap}>
        {words}
      </To>
    )
  return (
    <Text size="sm" c="dimmed" className={classes.nowrap}>
      {words}
    </Text>
  )
}

function Steps({ run }: { run: RunSummary }) {
  const { succeeded, failed, skipped, cancelled } = run.stepCounts
  const total = Object.values(run.stepCounts).reduce((sum, number) => sum + number, 0)
  const done = succeeded + failed + skipped + cancelled
  if (isActive(run)) {
    if (total === 0)
      return (
        <Text size="sm" c="dimmed">
          {run.status === 'queued' ? 'waiting' : 'planning'}
        </Text>
      )
    return (
      <div className={classes.progress}>
        <Progress
          value={(100 * done) / total}
          size="sm"
          color="var(--status-run)"
          aria-label={`${done} of ${total} steps`}
          flex={1}
        />
        <Text size="sm" className="digits">
          {done}/{total}
        </Text>
      </div>
    )
  }
  const bad = [
    failed > 0 && `${failed} failed`,
    skipped > 0 && `${skipped} skipped`,
    cancelled > 0 && `${cancelled} cancelled`,
  ]
  return (
    <>
      <Text size="sm" c="dimmed" className={`digits ${classes.nowrap}`}>
        {[bad.some(Boolean) ? `${succeeded} of ${total} done` : plural(total, 'step'), ...bad]
          .filter(Boolean)
          .join(', ')}
      </Text>
      <BadChecks run={run} />
    </>
  )
}

/** Where they hold nothing up their steps are done, and the run succeeded. */
function BadChecks({ run: { badChecks: { failed, warned } = { failed: 0, warned: 0 } } }: { run: RunSummary }) {
  if (failed + warned === 0) return null
  return (
    <div className={classes.error} data-warns={failed === 0 || undefined}>
      {[failed > 0 && `${plural(failed, 'check')} failed`, warned > 0 && `${plural(warned, 'check')} warned`]
        .filter(Boolean)
        .join(', ')}
    </div>
  )
}
