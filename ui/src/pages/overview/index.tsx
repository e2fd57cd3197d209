import { Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Overview } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { agesMs } from '../../api/live.js'
import { FirstConnection } from '../../design/connections/first-connection.js'
import { Page, Section } from '../../design/page.js'
import { Empty, Lines, Loaded, TableShape } from '../../design/states.js'
import { Failures } from './failures.js'
import { Freshness } from './freshness.js'
import { Groups } from './groups.js'
import { Moved } from './moved.js'
import classes from './overview.module.css'
import { Timeline } from './timeline.js'
import { Upcoming } from './upcoming.js'
import { Verdict } from './verdict.js'

export function OverviewPage() {
  const query = useQuery({ queryKey: ['overview'], queryFn: () => get<Overview>('/overview'), refetchInterval: agesMs })
  return (
    <Page title="Overview">
      <Loaded query={query} skeleton={<Shape />}>
        {(data) => (data.groups.length === 0 ? <EmptyProject data={data} /> : <Content data={data} />)}
      </Loaded>
    </Page>
  )
}

function Content({ data }: { data: Overview }) {
  return (
    <>
      <Verdict data={data} />
      <div className={classes.columns}>
        <Stack gap="md" miw={0}>
          <Failures data={data} />
          <Timeline data={data} />
          <Groups data={data} />
        </Stack>
        <Stack gap="md" miw={0}>
          <Upcoming data={data} />
          <Freshness data={data} />
          <Moved moved={data.moved} />
        </Stack>
      </div>
    </>
  )
}

/** The first step, for a project with nothing in it. */
function EmptyProject({ data }: { data: Overview }) {
  // The banner above says what is wrong; a first step would only lead away from it.
  if (data.problems.length > 0)
    return (
      <Section>
        <Empty title="No assets can be shown">
          Mend the problem above: the page shows them as soon as it is saved.
        </Empty>
      </Section>
    )
  return (
    <Section>
      <Empty title="This project is empty">
        Add a connection, then a model to the dbt project; both appear here as soon as they are saved.
      </Empty>
      <FirstConnection />
    </Section>
  )
}

function Shape() {
  return (
    <Stack gap="md">
      <Skeleton height={64} radius="md" />
      <div className={classes.columns}>
        <Stack gap="md">
          <Skeleton height={196} radius="md" />
          <Section title="Groups" isFlush>
            <TableShape rows={8} />
          </Section>
        </Stack>
        <Stack gap="md">
          <Section title="Coming up">
            <Lines number={3} />
          </Section>
          <Section title="Freshness">
            <Lines number={3} />
          </Section>
        </Stack>
      </div>
    </Stack>
  )
}
