import { Text, Tooltip } from '@mantine/core'
import type { Overview } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { brief, bytes, clockTime, count } from '../../design/text/time.js'
import classes from './overview.module.css'

/** What syncs brought in, hour by hour. */
export function Moved({ moved }: { moved: Overview['moved'] }) {
  const most = Math.max(1, ...moved.hours.map((hour) => hour.rows))
  return (
    <Section title="Rows moved" aside="past 24 h">
      <Text component="div" className="digits" title={`${count(moved.rows)} rows`}>
        <Text span fz={20} fw={600}>
          {brief(moved.rows)}
        </Text>{' '}
        <Text span c="dimmed">
          rows, {bytes(moved.bytes)} read
        </Text>
      </Text>
      <div className={classes.hours} role="img" aria-label={`${count(moved.rows)} rows in 24 hours`}>
        {moved.hours.map((hour) => (
          <Tooltip key={hour.at} label={`${clockTime(hour.at)}: ${count(hour.rows)} rows`}>
            <span
              className={classes.hour}
              data-filled={hour.rows > 0 || undefined}
              style={{ height: `${hour.rows === 0 ? 0 : 8 + (92 * hour.rows) / most}%` }}
            />
          </Tooltip>
        ))}
      </div>
    </Section>
  )
}
