import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconDatabaseSearch, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ApiTable, AssetDetail } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { Empty, Loaded, TableShape } from '../../design/states.js'
import { DataTable } from '../../design/tables/data-table.js'
import { count, lasted } from '../../design/text/time.js'

/** Some rows as they are in the warehouse, asked for when one looks and not again by themselves. */
export function RowsTab({ asset }: { asset: AssetDetail }) {
  const [limit, setLimit] = useState('50')
  const query = useQuery({
    queryKey: ['sample', asset.key, limit],
    queryFn: () => get<ApiTable>(`/assets/${segment(asset.key)}/sample?limit=${limit}`),
    staleTime: Number.POSITIVE_INFINITY,
  })
  // Of an asset with partitions it is known how many rows the last one has, not how many there are.
  const { schema, identifier } = asset.relation ?? { schema: '', identifier: '' }
  return (
    <Stack gap="xs">
      <Group gap="xs" justify="space-between">
        <Text size="sm" c="dimmed">
          {query.data
            ? `${count(query.data.rows.length)}${asset.rows === undefined || asset.partitionCounts ? '' : ` of ${count(asset.rows)}`} rows in ${lasted(query.data.durationMs)}`
            : 'Asking the warehouse …'}
        </Text>
        <Group gap="xs">
          <SegmentedControl
            aria-label="How many rows"
            size="xs"
            data={['50', '200', '500']}
            value={limit}
            onChange={setLimit}
          />
          <Button
            variant="default"
            loading={query.isFetching}
            leftSection={<IconRefresh size={14} aria-hidden />}
            onClick={() => void query.refetch()}
          >
            Ask again
          </Button>
          <Button
            variant="default"
            leftSection={<IconDatabaseSearch size={14} aria-hidden />}
            renderRoot={(props) => (
              <Link
                to="/query"
                search={{ sql: `select * from "${schema}"."${identifier}" limit 100`, run: true }}
                {...props}
              />
            )}
          >
            Query it
          </Button>
        </Group>
      </Group>
      <Loaded query={query} skeleton={<TableShape />}>
        {(table) => (table.rows.length === 0 ? <Empty title="The table is empty" /> : <DataTable table={table} />)}
      </Loaded>
    </Stack>
  )
}
