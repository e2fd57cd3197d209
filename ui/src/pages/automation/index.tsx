import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { AutomationView } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { agesMs } from '../../api/live.js'
import { CommandLine } from '../../design/command-line.js'
import { Page, Section } from '../../design/page.js'
import { Empty, Lines, Loaded } from '../../design/states.js'
import classes from './automation.module.css'
import { AutomationCard } from './automation-card.js'

export function AutomationPage() {
  const query = useQuery({
    queryKey: ['automation'],
    queryFn: () => get<{ automations: AutomationView[] }>('/automation'),
    refetchInterval: agesMs,
  })
  return (
    <Page
      title="Automation"
      lead="What runs by itself, when it runs next, and whether its ticks fired. Test tick tells what one would start now; it starts no run."
    >
      <Loaded query={query} skeleton={<Shape />}>
        {({ automations }) =>
          automations.length === 0 ? (
            <Section>
              <Empty title="No schedules, no sensors, no automations">
                Give a connection a <code>schedule</code> in its YAML, or add one for any assets to{' '}
                <CommandLine>orchestration/definitions.ts</CommandLine>
                <pre className={classes.example}>
                  {"schedule('nightly', { cron: '0 5 * * *', timezone: 'Europe/Berlin', target: '*' })"}
                </pre>
              </Empty>
            </Section>
          ) : (
            <>
              {automations.some((one) => !one.isOn) && (
                <Text size="sm" c="dimmed">
                  {automations.filter((one) => one.isOn).length} of {automations.length} are on.
                </Text>
              )}
              {automations.map((one) => (
                <AutomationCard key={one.name} automation={one} />
              ))}
            </>
          )
        }
      </Loaded>
    </Page>
  )
}

function Shape() {
  return (
    <>
      {['first', 'second', 'third'].map((card) => (
        <Section key={card}>
          <Lines number={3} />
        </Section>
      ))}
    </>
  )
}
