import { Table } from '@mantine/core'
import type { AssetDetail } from '../../../../src/server/contract/index.js'
import { Empty } from '../../design/states.js'
import { Ago, count } from '../../design/time.js'
import { To } from '../../design/to.js'

export function EventsTab({ asset }: { asset: AssetDetail }) {
  if (asset.events.length === 0) return <Empty title="Nothing happened yet" />
  return (
    <Table.ScrollContainer minWidth={500}>
      <Table>
        <Table.Tbody>
          {asset.events.map((event) => (
            <Table.Tr key={event.id}>
              <Table.Td>
                <Ago at={event.at} />
              </Table.Td>
              <Table.Td>
                {event.type.replaceAll('_', ' ')}
                {event.check ? ` ${event.check}` : ''}
              </Table.Td>
              <Table.Td>
                {Object.entries(event.metadata ?? {})
                  .filter(([, value]) => typeof value === 'number' || typeof value === 'string')
                  .map(([name, value]) => `${name} ${typeof value === 'number' ? count(value) : String(value)}`)
                  .join(' · ')}
                {event.message ? ` ${event.message}` : ''}
              </Table.Td>
              <Table.Td>
                <To to="/runs/$id" params={{ id: event.runId }}>
                  run
                </To>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
