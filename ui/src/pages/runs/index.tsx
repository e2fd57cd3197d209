import { Group, Select, Stack, Table, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { RunSummary } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { Empty, Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, duration } from '../../design/time.js'
import { To } from '../../design/to.js'

const route = getRouteApi('/runs')

export function RunsPage() {
  const { status } = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery({
    queryKey: ['runs', status],
    queryFn: () => get<{ runs: RunSummary[] }>(`/runs?limit=100${status ? `&status=${status}` : ''}`),
  })
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2}>Runs</Title>
        <Select
          size="xs"
          clearable
          placeholder="Any status"
          aria-label="Status"
          data={['queued', 'running', 'succeeded', 'failed', 'cancelled']}
          value={status ?? null}
          onChange={(value) => void navigate({ to: '/runs', search: { status: value ?? undefined } })}
        />
      </Group>
      <Loaded query={query}>
        {({ runs }) =>
          runs.length === 0 ? (
            <Empty title="No runs">Start one from Lineage, or type: millrace materialize '*'</Empty>
          ) : (
            <RunTable runs={runs} />
          )
        }
      </Loaded>
    </Stack>
  )
}

export function RunTable({ runs }: { runs: readonly RunSummary[] }) {
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Run</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>By</Table.Th>
            <Table.Th>Started</Table.Th>
            <Table.Th style={{ textAlign: 'right' }}>Duration</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <Table.Tr key={run.id}>
              <Table.Td>
                <To to="/runs/$id" params={{ id: run.id }}>
                  {run.id.slice(-8)}
                </To>
              </Table.Td>
              <Table.Td>
                <Status value={run.status} title={run.error?.message} />
              </Table.Td>
              <Table.Td
                style={{ maxWidth: 320, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}
                title={run.selection}
              >
                {run.selection}
              </Table.Td>
              <Table.Td>
                {run.trigger.type}
                {run.trigger.name && run.trigger.type !== 'rerun' ? ` ${run.trigger.name}` : ''}
              </Table.Td>
              <Table.Td>
                <Ago at={run.startedAt ?? run.createdAt} />
              </Table.Td>
              <Table.Td style={{ textAlign: 'right' }}>{duration(run.startedAt, run.endedAt)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
