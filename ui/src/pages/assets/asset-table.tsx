import type { AssetSummary } from '../../../../src/server/contract/index.js'
import { selectionWord } from '../../../../src/server/contract/selection.js'
import { KindIcon, kindWords } from '../../design/kind.js'
import { PartitionMarks } from '../../design/runs/partition-marks.js'
import { Status } from '../../design/status.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Ago, count } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './assets.module.css'

const columns: readonly GridColumn<AssetSummary>[] = [
  {
    key: 'key',
    title: 'Asset',
    isFlexible: true,
    value: (asset) => asset.key,
    canCopy: true,
    cell: (asset) => (
      <To to="/assets/$key" params={{ key: asset.key }} search={{}} fw={500} title={asset.description || asset.key}>
        {asset.key}
      </To>
    ),
  },
  {
    key: 'kind',
    title: 'Kind',
    width: 168,
    value: (asset) => kindWords(asset.kinds),
    cell: (asset) => (
      <span className={classes.kind}>
        <KindIcon kinds={asset.kinds} size={15} />
        {kindWords(asset.kinds)}
      </span>
    ),
  },
  {
    key: 'group',
    title: 'Group',
    width: 136,
    value: (asset) => asset.group,
    cell: (asset) => (
      <To to="/lineage" search={{ q: `group:${selectionWord(asset.group)}` }} c="inherit" className={classes.nowrap}>
        {asset.group}
      </To>
    ),
  },
  {
    key: 'status',
    title: 'Status',
    width: 112,
    value: (asset) => asset.health,
    cell: (asset) => <Status value={asset.health} title={asset.healthReason} />,
  },
  {
    key: 'rows',
    title: 'Rows',
    width: 112,
    isNumeric: true,
    value: (asset) => asset.rows,
    cell: (asset) => count(asset.rows),
  },
  {
    key: 'at',
    title: 'Materialized',
    width: 144,
    value: (asset) => asset.lastMaterializedAt,
    cell: (asset) => (asset.isExecutable ? <Ago at={asset.lastMaterializedAt} /> : ''),
  },
]

const partitionsColumn: GridColumn<AssetSummary> = {
  key: 'partitions',
  title: 'Partitions',
  width: 152,
  // The worst stand together.
  value: ({ partitionCounts }) => partitionCounts && partitionCounts.failed + partitionCounts.missing,
  cell: ({ partitionCounts }) => partitionCounts && <PartitionMarks counts={partitionCounts} />,
}
const beforePartitions = columns.findIndex(({ key }) => key === 'rows')

/** One line for each asset. */
export function AssetTable({ assets }: { assets: readonly AssetSummary[] }) {
  const hasPartitions = assets.some(({ partitionCounts }) => partitionCounts)
  return (
    <DataGrid
      label="Assets"
      hasTools
      columns={hasPartitions ? columns.toSpliced(beforePartitions, 0, partitionsColumn) : columns}
      rows={assets}
      rowKey={(asset) => asset.key}
      sortedBy={{ key: 'key', isDescending: false }}
      minWidth={hasPartitions ? 1012 : 860}
    />
  )
}
