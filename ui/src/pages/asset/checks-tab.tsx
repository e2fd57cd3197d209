import { Table } from '@mantine/core'
import type { AssetDetail } from '../../../../src/server/contract/index.js'
import { Empty } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago } from '../../design/time.js'

export function ChecksTab({ asset }: { asset: AssetDetail }) {
  if (asset.checkList.length === 0)
    return <Empty title="No checks">Add tests to the model in YAML, or a check in definitions.ts.</Empty>
  return (
    <Table.ScrollContainer minWidth={500}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Check</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Last</Table.Th>
            <Table.Th>Message</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {asset.checkList.map((check) => (
            <Table.Tr key={check.name}>
              <Table.Td style={{ wordBreak: 'break-all' }}>
                {check.name}
                {check.isBlocking ? '' : ' (does not block)'}
              </Table.Td>
              <Table.Td>
                <Status value={check.status} />
              </Table.Td>
              <Table.Td>
                <Ago at={check.at} />
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'pre-wrap' }}>{check.message}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
