import { Stack, Table, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ConnectionView } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { FirstConnection } from '../../design/first-connection.js'
import { Empty, Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, count } from '../../design/time.js'
import { To } from '../../design/to.js'

export function ConnectionsPage() {
  const query = useQuery({
    queryKey: ['connections'],
    queryFn: () => get<{ connections: ConnectionView[] }>('/connections'),
  })
  return (
    <Stack>
      <Title order={2}>Connections</Title>
      <Loaded query={query}>
        {({ connections }) =>
          connections.length === 0 ? (
            <>
              <Empty title="No connections" />
              <FirstConnection />
            </>
          ) : (
            <Table.ScrollContainer minWidth={560}>
              <Table highlightOnHover>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Connection</Table.Th>
                    <Table.Th>Health</Table.Th>
                    <Table.Th>Source</Table.Th>
                    <Table.Th style={{ textAlign: 'right' }}>Streams</Table.Th>
                    <Table.Th style={{ textAlign: 'right' }}>Rows</Table.Th>
                    <Table.Th>Last sync</Table.Th>
                    <Table.Th>Next sync</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {connections.map((one) => (
                    <Table.Tr key={one.name}>
                      <Table.Td>
                        <To to="/connections/$name" params={{ name: one.name }}>
                          {one.name}
                        </To>
                      </Table.Td>
                      <Table.Td>
                        <Status value={one.health} />
                      </Table.Td>
                      <Table.Td>{one.sourceConnector}</Table.Td>
                      <Table.Td style={{ textAlign: 'right' }}>{one.streams.length}</Table.Td>
                      <Table.Td style={{ textAlign: 'right' }}>
                        {count(one.streams.reduce((sum, stream) => sum + (stream.rows ?? 0), 0))}
                      </Table.Td>
                      <Table.Td>
                        <Ago at={one.lastSyncAt} />
                      </Table.Td>
                      <Table.Td>{one.schedule?.nextAt ? <Ago at={one.schedule.nextAt} /> : 'by hand'}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Loaded>
    </Stack>
  )
}
