import { Alert, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Overview } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { FirstConnection } from '../../design/first-connection.js'
import { Empty, ErrorBox, Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, bytes, count } from '../../design/time.js'
import { To } from '../../design/to.js'
import { Timeline } from './timeline.js'

export function OverviewPage() {
  const query = useQuery({ queryKey: ['overview'], queryFn: () => get<Overview>('/overview') })
  return (
    <Stack>
      <Title order={2}>Overview</Title>
      <Loaded query={query}>{(data) => <Content data={data} />}</Loaded>
    </Stack>
  )
}

function Content({ data }: { data: Overview }) {
  if (data.groups.length === 0 && data.problems.length === 0) return <EmptyProject />
  return (
    <Stack>
      <Headline data={data} />
      {data.problems.map((problem) => (
        <ErrorBox key={problem.message} error={problem} />
      ))}
      <Failures data={data} />
      <Title order={4}>Past 24 hours and next</Title>
      {data.runs.length === 0 && data.upcoming.length === 0 ? (
        <Empty title="Nothing ran yet">Open Lineage and materialize, or type: millrace materialize '*'</Empty>
      ) : (
        <Timeline data={data} />
      )}
      <Title order={4}>Groups</Title>
      <Groups data={data} />
      {data.stale.length > 0 && (
        <>
          <Title order={4}>Stale</Title>
          {data.stale.map((asset) => (
            <Text key={asset.asset} size="sm">
              <To to="/assets/$key" params={{ key: asset.asset }} search={{}}>
                {asset.asset}
              </To>
              : {asset.reason}
            </Text>
          ))}
        </>
      )}
    </Stack>
  )
}

/** The first step, for a project with nothing in it. */
function EmptyProject() {
  return (
    <Stack>
      <Empty title="This project is empty">
        Add a connection, then a model to the dbt project; both appear here as soon as they are saved.
      </Empty>
      <FirstConnection />
    </Stack>
  )
}

/** Is my data all right? In one line. */
function Headline({ data }: { data: Overview }) {
  const number = (health: string) => data.groups.reduce((sum, group) => sum + (group.health[health as 'fresh'] ?? 0), 0)
  const total = data.groups.reduce((sum, group) => sum + group.assets, 0) - number('external')
  const all = ['failed', 'running', 'warning', 'stale', 'never', 'fresh'].filter((health) => number(health) > 0)
  const { passed, warned, failed, unknown } = data.checks
  return (
    <Group gap="lg">
      <Group gap={6}>
        {all.map((health) => (
          <Group key={health} gap={4} wrap="nowrap">
            <Text fw={600}>
              {number(health)}/{total}
            </Text>
            <Status value={health} />
          </Group>
        ))}
      </Group>
      <Text size="sm" c="dimmed">
        {passed} checks passed{warned > 0 && `, ${warned} warned`}
        {failed > 0 && `, ${failed} failed`}
        {unknown > 0 && `, ${unknown} not evaluated yet`} · moved today: {count(data.rowsToday)} rows,{' '}
        {bytes(data.bytesToday)}
      </Text>
    </Group>
  )
}

function Failures({ data }: { data: Overview }) {
  if (data.failures.length === 0) return null
  return (
    <Stack gap={6}>
      <Title order={4}>Failures</Title>
      {data.failures.map((failure) => (
        <Alert key={`${failure.asset} ${failure.check}`} color="red" variant="light" py="xs">
          <Text size="sm">
            <Status value="failed" />{' '}
            <To to="/assets/$key" params={{ key: failure.asset ?? '' }} search={{}} fw={600}>
              {failure.asset}
            </To>{' '}
            {failure.message} · <Ago at={failure.at} /> ·{' '}
            <To to="/runs/$id" params={{ id: failure.runId }}>
              run
            </To>
          </Text>
        </Alert>
      ))}
    </Stack>
  )
}

function Groups({ data }: { data: Overview }) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="xs">
      {data.groups.map(({ group, assets, health }) => (
        <Card key={group} withBorder padding="xs">
          <Group justify="space-between" wrap="nowrap">
            <To to="/lineage" search={{ q: `group:${group}` }} fw={600} truncate>
              {group}
            </To>
            <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>
              {assets} {assets === 1 ? 'asset' : 'assets'}
            </Text>
          </Group>
          <Group gap={6} mt={4}>
            {Object.entries(health)
              .filter(([, number]) => number > 0)
              .map(([name, number]) => (
                <Group key={name} gap={4}>
                  <Text size="xs">{number}</Text>
                  <Status value={name} />
                </Group>
              ))}
          </Group>
        </Card>
      ))}
    </SimpleGrid>
  )
}
