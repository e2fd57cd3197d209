import type { AssetDetail, RunSummary } from '../../../../src/server/contract/index.js'
import { partitionsWords, triggerWords } from '../../design/runs/run-words.js'
import { Empty } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Ago, duration } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'

const lastedMs = (run: RunSummary) =>
  run.startedAt && run.endedAt ? Date.parse(run.endedAt) - Date.parse(run.startedAt) : undefined

const columns: readonly GridColumn<RunSummary>[] = [
  {
    key: 'run',
    title: 'Run',
    value: (run) => run.id,
    cell: (run) => (
      <To to="/runs/$id" params={{ id: run.id }} search={{}}>
        {run.id.slice(-8)}
      </To>
    ),
  },
  { key: 'status', title: 'Status', value: (run) => run.status, cell: (run) => <Status value={run.status} /> },
  {
    key: 'trigger',
    title: 'By',
    value: triggerWords,
    cell: triggerWords,
  },
  {
    key: 'at',
    title: 'When',
    value: (run) => run.createdAt,
    cell: (run) => <Ago at={run.startedAt ?? run.createdAt} />,
  },
  {
    key: 'took',
    title: 'Took',
    isNumeric: true,
    value: lastedMs,
    cell: (run) => duration(run.startedAt, run.endedAt),
  },
]

const partitionsColumn: GridColumn<RunSummary> = {
  key: 'partitions',
  title: 'Partitions',
  value: (run) => run.partitions,
  cell: partitionsWords,
}

/** The latest runs that touched it. */
export function RunsTab({ asset }: { asset: AssetDetail }) {
  if (asset.runs.length === 0) return <Empty title="No run touched it yet">Materialize it with the button above.</Empty>
  return (
    <DataGrid
      label={`Runs of ${asset.key}`}
      columns={asset.partitionCounts ? columns.toSpliced(2, 0, partitionsColumn) : columns}
      rows={asset.runs}
      rowKey={(run) => run.id}
      minWidth={320}
    />
  )
}
