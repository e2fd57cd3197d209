import { Alert, Button, Code, Group, Stack, Table, Tabs, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ApiError, ConnectionDetail } from '../../../../src/server/contract/index.js'
import { get, post, segment } from '../../api/client.js'
import { ErrorBox, Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, count } from '../../design/time.js'
import { To } from '../../design/to.js'
import { RunTable } from '../runs/index.js'

const route = getRouteApi('/connections/$name')

export function ConnectionPage() {
  const { name } = route.useParams()
  const query = useQuery({
    queryKey: ['connection', name],
    queryFn: () => get<ConnectionDetail>(`/connections/${segment(name)}`),
  })
  return <Loaded query={query}>{(data) => <Content connection={data} />}</Loaded>
}

function Content({ connection }: { connection: ConnectionDetail }) {
  const navigate = useNavigate()
  const path = `/connections/${segment(connection.name)}`
  const check = useMutation({
    mutationFn: () => post<{ status: string; message?: string; error?: ApiError }>(`${path}/check`),
  })
  const sync = async (streams?: string[]) => {
    const { runId } = await post<{ runId: string }>(`${path}/sync`, { ...(streams ? { streams } : {}) })
    await navigate({ to: '/runs/$id', params: { id: runId } })
  }
  return (
    <Stack>
      <Group justify="space-between">
        <Group gap="xs">
          <Title order={2}>{connection.name}</Title>
          <Status value={connection.health} />
        </Group>
        <Group gap="xs">
          <Button size="xs" variant="default" loading={check.isPending} onClick={() => check.mutate()}>
            Check
          </Button>
          <Button size="xs" onClick={() => void sync()}>
            Sync now
          </Button>
        </Group>
      </Group>
      <Text size="sm" c="dimmed">
        {connection.sourceConnector} → {connection.destinationConnector}, schema {connection.destinationSchema} ·{' '}
        {connection.file} ·{' '}
        {connection.schedule ? `${connection.schedule.cron} (${connection.schedule.timezone})` : 'synced by hand'}
      </Text>
      {check.data?.error ? (
        <ErrorBox error={check.data.error} />
      ) : (
        check.data && (
          <Alert color="green" variant="light">
            {check.data.status}: {check.data.message}
          </Alert>
        )
      )}
      <Table.ScrollContainer minWidth={640}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Stream</Table.Th>
              <Table.Th>Health</Table.Th>
              <Table.Th>Mode</Table.Th>
              <Table.Th>Cursor</Table.Th>
              <Table.Th>Key</Table.Th>
              <Table.Th style={{ textAlign: 'right' }}>Rows</Table.Th>
              <Table.Th>Last sync</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {connection.streams.map((stream) => (
              <Table.Tr key={stream.name}>
                <Table.Td>
                  <To to="/assets/$key" params={{ key: stream.asset }}>
                    {stream.name}
                  </To>
                </Table.Td>
                <Table.Td>
                  <Status value={stream.health} title={stream.lastError?.message} />
                </Table.Td>
                <Table.Td>
                  {stream.syncMode.replace('_', ' ')} · {stream.destinationSyncMode.replace('_', ' + ')}
                </Table.Td>
                <Table.Td>{stream.cursorField?.join('.')}</Table.Td>
                <Table.Td>{stream.primaryKey?.map((part) => part.join('.')).join(', ')}</Table.Td>
                <Table.Td style={{ textAlign: 'right' }}>{count(stream.rows)}</Table.Td>
                <Table.Td>
                  <Ago at={stream.lastSyncAt} />
                  {typeof stream.lastMetadata?.note === 'string' && (
                    <Text size="xs" c="dimmed">
                      {stream.lastMetadata.note}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <Button size="compact-xs" variant="default" onClick={() => void sync([stream.name])}>
                    Sync
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Tabs defaultValue="runs" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="runs">Runs</Tabs.Tab>
          <Tabs.Tab value="state">State</Tabs.Tab>
          <Tabs.Tab value="yaml">YAML</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="runs" pt="sm">
          <RunTable runs={connection.runs} />
        </Tabs.Panel>
        <Tabs.Panel value="state" pt="sm">
          <Code block>{JSON.stringify(connection.states, null, 2)}</Code>
        </Tabs.Panel>
        <Tabs.Panel value="yaml" pt="sm">
          <Code block>{connection.yaml}</Code>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  )
}
