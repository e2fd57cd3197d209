import { Table, Text } from '@mantine/core'
import type { ApiTable } from '../../../src/server/contract/index.js'

const numeric = new Set(['integer', 'decimal', 'float'])
const shown = (value: unknown) =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

/** Rows of a query: numbers right, the header stays. */
export function DataTable({ table }: { table: ApiTable }) {
  return (
    <Table.ScrollContainer minWidth={300} mah={480} type="native">
      <Table striped stickyHeader withTableBorder verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            {table.columns.map((column) => (
              <Table.Th
                key={column.name}
                title={column.type}
                style={{ textAlign: numeric.has(column.kind) ? 'right' : 'left', whiteSpace: 'nowrap' }}
              >
                {column.name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own
            <Table.Tr key={i}>
              {row.map((value, j) => (
                <Table.Td
                  key={table.columns[j]?.name}
                  style={{
                    textAlign: numeric.has(table.columns[j]?.kind ?? '') ? 'right' : 'left',
                    whiteSpace: 'nowrap',
                    maxWidth: 320,
                    overflow: 'hidden',
                    textOverflow: 'ellipsis',
                  }}
                  title={shown(value)}
                >
                  {value === null ? (
                    <Text span c="dimmed" size="xs">
                      null
                    </Text>
                  ) : (
                    shown(value)
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
