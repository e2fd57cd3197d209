import { useQuery } from '@tanstack/react-query'
import type { ApiTable } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { DataTable } from '../../design/data-table.js'
import { Empty, Loaded } from '../../design/states.js'

export function RowsTab({ asset }: { asset: string }) {
  const query = useQuery({
    queryKey: ['sample', asset],
    queryFn: () => get<ApiTable>(`/assets/${segment(asset)}/sample?limit=50`),
  })
  return (
    <Loaded query={query}>
      {(table) => (table.rows.length === 0 ? <Empty title="The table is empty" /> : <DataTable table={table} />)}
    </Loaded>
  )
}
