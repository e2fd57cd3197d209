import { Text } from '@mantine/core'
import { useState } from 'react'
import type { Overview } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { clockTime, count, plural, useClock } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { useWidth } from '../../design/use-width.js'
import { type Lane, lanes } from './batches.js'
import { LaneBars } from './lane-bars.js'
import classes from './timeline.module.css'

const hourMs = 3_600_000
const pastMs = 24 * hourMs
const aheadMs = 6 * hourMs
const lanesShown = 8
/** No hour is written where `now` stands. */
const roomForNowMs = 2.6 * hourMs

/** Runs of the past day as bars, a lane for each schedule, sensor and automation, and the next ticks to the right of now. */
export function Timeline({ data }: { data: Overview }) {
  useClock()
  const { ref, width } = useWidth()
  const [open, setOpen] = useState<string>()
  const now = Date.now()
  const from = now - pastMs
  const fraction = (at: number) => (at - from) / (pastMs + aheadMs)
  const ahead = data.upcoming.filter((tick) => Date.parse(tick.at) < now + aheadMs)
  const hours = hoursOf(from, now + aheadMs)
  const all = lanes(data.runs, [...new Set(ahead.map((tick) => tick.automation))])
  const shown = all.slice(0, lanesShown)
  const { total, failed } = data.runCounts
  return (
    <Section
      title="Runs"
      aside={
        <>
          {plural(total, 'run')} in 24 h{failed > 0 && `, ${count(failed)} failed`} ·{' '}
          <To to="/runs" search={{}} inherit>
            all runs
          </To>
        </>
      }
    >
      {all.length === 0 ? (
        <Text c="dimmed">
          Nothing ran in the past 24 hours, and no schedule fires in the next six. Materialize an asset, or switch a
          schedule on under Automation.
        </Text>
      ) : (
        <div className={classes.timeline}>
          <div className={classes.axis} aria-hidden>
            <div className={classes.scale} ref={ref}>
              {hours
                .filter((at) => Math.abs(at - now) > roomForNowMs)
                .map((at) => (
                  <span key={at} className={classes.hour} style={{ left: `${fraction(at) * 100}%` }}>
                    {clockTime(new Date(at).toISOString()).slice(-5)}
                  </span>
                ))}
              <span className={classes.now} style={{ left: `${fraction(now) * 100}%` }}>
                now
              </span>
            </div>
          </div>
          {shown.map((lane) => (
            <div key={`${lane.type} ${lane.name}`} className={classes.lane}>
              <LaneName lane={lane} />
              <div className={classes.track}>
                {hours.map((at) => (
                  <span key={at} className={classes.line} style={{ left: `${fraction(at) * 100}%` }} aria-hidden />
                ))}
                <span className={classes.nowLine} style={{ left: `${fraction(now) * 100}%` }} aria-hidden />
                {width !== undefined && (
                  <LaneBars
                    lane={lane}
                    ticks={ahead.filter((tick) => tick.automation === lane.name)}
                    x={(at) => Math.max(0, fraction(Date.parse(at)) * width)}
                    now={new Date(now).toISOString()}
                    open={open}
                    onOpen={setOpen}
                  />
                )}
              </div>
            </div>
          ))}
          {all.length > shown.length && (
            <Text size="sm" c="dimmed">
              and {all.length - shown.length} more lanes
            </Text>
          )}
        </div>
      )}
    </Section>
  )
}

function LaneName({ lane }: { lane: Lane }) {
  return (
    <span className={classes.name} title={lane.name}>
      {lane.type === 'hand' ? (
        lane.name
      ) : (
        <To to="/runs" search={{ trigger: lane.name }} c="inherit">
          {lane.name}
        </To>
      )}
    </span>
  )
}

/** Every sixth hour of the clock on the wall. */
function hoursOf(from: number, to: number): number[] {
  const first = new Date(from)
  first.setHours(Math.ceil((first.getHours() + 1) / 6) * 6, 0, 0, 0)
  const found: number[] = []
  for (let at = first.getTime(); at < to; at += 6 * hourMs) found.push(at)
  return found
}
