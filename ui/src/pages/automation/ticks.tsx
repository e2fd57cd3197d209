import { Anchor, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { AutomationView, TickView } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { firstLine, placeOf } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, exactTime, lasted, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './automation.module.css'
import { type FoldedTick, foldTicks } from './fold-ticks.js'

const shownFirst = 4
/** Of the runs of one tick; of more their number leads to all that it started. */
const mostLinks = 3

/** What became of the ticks, newest first; equal ones are one line. */
export function Ticks({ automation }: { automation: AutomationView }) {
  const [isLong, setLong] = useState(false)
  const [older, setOlder] = useState<readonly TickView[]>([])
  const [isAll, setAll] = useState(false)
  const more = useMutation({
    mutationFn: (before: string) =>
      get<{ ticks: TickView[]; hasMore: boolean }>(
        `/automation/${segment(automation.name)}/ticks?limit=100&before=${segment(before)}`,
      ),
    onSuccess: ({ ticks, hasMore }) => {
      setOlder((known) => [...known, ...ticks])
      setAll(!hasMore)
    },
  })
  const newest = automation.ticks
  const known = new Set(newest.map((tick) => tick.id))
  const ticks = [...newest, ...older.filter((tick) => !known.has(tick.id))]
  const folded = foldTicks(ticks)
  const lines = isLong ? folded : folded.slice(0, shownFirst)
  const last = ticks.at(-1)
  if (ticks.length === 0)
    return (
      <Text size="sm" c="dimmed" className={classes.none}>
        {automation.isOn ? 'No tick yet.' : 'No tick yet: it is off.'}
      </Text>
    )
  return (
    <div className={classes.ticks}>
      {lines.map((line) => (
        <TickLine key={line.tick.id} line={line} word={tickWord(line.tick, automation)} />
      ))}
      {!isLong && folded.length > lines.length && (
        <Anchor component="button" type="button" size="sm" className={classes.more} onClick={() => setLong(true)}>
          Show {folded.length - lines.length} more
        </Anchor>
      )}
      {isLong && !isAll && last && newest.length >= 50 && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          className={classes.more}
          disabled={more.isPending}
          onClick={() => more.mutate(last.id)}
        >
          Older ticks
        </Anchor>
      )}
    </div>
  )
}

/** One that only looks starts nothing by its nature: it left nothing out. */
export const tickWord = ({ status }: TickView, { observes }: AutomationView) =>
  status === 'skipped' && observes !== undefined ? 'observed' : status

function TickLine({ line: { tick, times, since }, word }: { line: FoldedTick; word: string }) {
  const place = placeOf(tick.error)
  return (
    <div className={classes.tick}>
      <Status value={tick.status} label={word} />
      <Text size="sm" component="div">
        <Ago at={tick.at} />
        {times > 1 && (
          <Text span inherit c="dimmed" title={`first ${exactTime(since)}`}>
            , {times} in a row
          </Text>
        )}
      </Text>
      <Text size="sm" component="div" className={classes.reason}>
        {tick.error ? `${firstLine(tick.error.message)}${place ? ` (${place})` : ''}` : tick.reason}
      </Text>
      <Text size="sm" component="div" className={classes.runs}>
        {tick.runCount > mostLinks && (
          <To to="/runs" search={{ trigger: tick.automation }}>
            {plural(tick.runCount, 'run')}
          </To>
        )}
        {tick.runIds.slice(0, mostLinks).map((id) => (
          <To key={id} to="/runs/$id" params={{ id }}>
            run {id.slice(-8)}
          </To>
        ))}
        {tick.runCount > mostLinks && '…'}
        {tick.durationMs !== undefined && tick.durationMs > 0 && tick.runIds.length === 0 && (
          <Text span inherit c="dimmed">
            {lasted(tick.durationMs)}
          </Text>
        )}
      </Text>
    </div>
  )
}
