import { Text } from '@mantine/core'
import type { Overview } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { Ago, clockTime, exactTime, plural, zoneName } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './overview.module.css'

const shown = 4

/** What happens next: of every schedule its next tick. */
export function Upcoming({ data: { upcoming } }: { data: Overview }) {
  const first = upcoming.filter(
    (tick, index) => upcoming.findIndex((one) => one.automation === tick.automation) === index,
  )
  return (
    <Section title="Coming up" isFlush>
      {upcoming.length === 0 && (
        <div className={classes.item}>
          <Text c="dimmed">
            No schedule is on.{' '}
            <To to="/automation" search={{}}>
              Automation
            </To>
          </Text>
        </div>
      )}
      {first.slice(0, shown).map((tick) => (
        <div key={`${tick.automation} ${tick.at}`} className={classes.item}>
          <div className={classes.itemBody}>
            <div className={classes.itemHead}>
              <To to="/automation" hash={tick.automation} search={{}} fw={500}>
                {tick.automation}
              </To>
              <Ago at={tick.at} />
            </div>
            <Text size="sm" c="dimmed" title={exactTime(tick.at, tick.timezone)}>
              {clockTime(tick.at)} {zoneName(tick.at)} · {plural(tick.assets, 'asset')}
            </Text>
          </div>
        </div>
      ))}
    </Section>
  )
}
