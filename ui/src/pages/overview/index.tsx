import { Alert, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Overview, RunSummary } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { Empty, ErrorBox, Loaded } from '../../design/states.js'
import { Status, statusColor } from '../../design/status.js'
import { Ago, bytes, count } from '../../design/time.js'
import { To } from '../../design/to.js'

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
  return (
    <Stack>
      {data.problems.map((problem) => (
        <ErrorBox key={problem.message} error={problem} />
      ))}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {data.groups.map(({ group, assets, health }) => (
          <Card key={group} withBorder padding="sm">
            <Group justify="space-between">
              <To to="/lineage" search={{ q: `group:${group}` }} fw={600}>
                {group}
              </To>
              <Text size="sm" c="dimmed">
                {assets} assets
              </Text>
            </Group>
            <Group gap={6} mt={6}>
              {Object.entries(health)
                .filter(([, number]) => number > 0)
                .map(([name, number]) => (
                  <Group key={name} gap={4}>
                    <Text size="sm">{number}</Text>
                    <Status value={name} />
                  </Group>
                ))}
            </Group>
          </Card>
        ))}
      </SimpleGrid>
      <Text size="sm">
        Checks: {data.checks.passed} passed, {data.checks.warned} warned, {data.checks.failed} failed,{' '}
        {data.checks.unknown} not evaluated yet. Moved today: {count(data.rowsToday)} rows, {bytes(data.bytesToday)}.
      </Text>
      <Title order={4}>Past 24 hours and next</Title>
      {data.runs.length === 0 && data.upcoming.length === 0 ? (
        <Empty title="Nothing ran yet">Open Lineage and materialize, or type: millrace materialize '*'</Empty>
      ) : (
        <Timeline data={data} />
      )}
      {data.failures.length > 0 && (
        <>
          <Title order={4}>Failures</Title>
          {data.failures.map((failure) => (
            <Alert
              key={`${failure.asset} ${failure.check}`}
              color="red"
              variant="light"
              title={
                <To to="/assets/$key" params={{ key: failure.asset ?? '' }}>
                  {failure.asset}
                </To>
              }
            >
              <Text size="sm">
                {failure.message} · <Ago at={failure.at} /> ·{' '}
                <To to="/runs/$id" params={{ id: failure.runId }}>
                  run
                </To>
              </Text>
            </Alert>
          ))}
        </>
      )}
      {data.stale.length > 0 && (
        <>
          <Title order={4}>Stale</Title>
          {data.stale.map((asset) => (
            <Text key={asset.asset} size="sm">
              <To to="/assets/$key" params={{ key: asset.asset }}>
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

const dayMs = 86_400_000

/** Runs as bars over the past day, and where the next ones will be. */
function Timeline({ data }: { data: Overview }) {
  const now = Date.now()
  const width = 960
  const x = (at: string | number) =>
    Math.max(0, Math.min(width, ((new Date(at).getTime() - (now - dayMs)) / (dayMs * 1.25)) * width))
  const shown = data.runs.slice(0, 60)
  return (
    <Stack gap={4}>
      <svg
        viewBox={`0 0 ${width} 64`}
        role="img"
        aria-label={`${shown.length} runs in the past 24 hours`}
        style={{ width: '100%', height: 72 }}
      >
        <line x1={0} x2={width} y1={44} y2={44} stroke="currentColor" opacity={0.3} />
        <line x1={x(now)} x2={x(now)} y1={4} y2={52} stroke="currentColor" strokeDasharray="3 3" />
        <text x={x(now) + 4} y={12} fontSize={10} fill="currentColor">
          now
        </text>
        {[24, 18, 12, 6].map((hours) => (
          <text key={hours} x={x(now - hours * 3_600_000)} y={60} fontSize={10} fill="currentColor" opacity={0.7}>
            {hours} h ago
          </text>
        ))}
        {shown.map((run: RunSummary) => (
          <a key={run.id} href={`/runs/${run.id}`} aria-label={`Run ${run.status}`}>
            <rect
              x={x(run.startedAt ?? run.createdAt)}
              y={22}
              width={Math.max(4, x(run.endedAt ?? now) - x(run.startedAt ?? run.createdAt))}
              height={20}
              rx={2}
              fill={statusColor(run.status)}
            >
              <title>{`${run.selection}: ${run.status}`}</title>
            </rect>
          </a>
        ))}
        {data.upcoming.map((next) => (
          <circle key={`${next.automation}${next.at}`} cx={x(next.at)} cy={32} r={4} fill="none" stroke="currentColor">
            <title>{`${next.automation}: ${new Date(next.at).toLocaleString()}`}</title>
          </circle>
        ))}
      </svg>
      <Text size="sm" c="dimmed">
        {data.upcoming
          .slice(0, 3)
          .map((next) => `${next.automation} ${new Date(next.at).toLocaleString()}`)
          .join(' · ') || 'No schedule is on.'}
      </Text>
    </Stack>
  )
}
