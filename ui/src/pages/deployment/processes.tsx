import { Text } from '@mantine/core'
import type { Deployment } from '../../../../src/server/contract/index.js'
import { Status } from '../../design/status.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Ago } from '../../design/text/time.js'

type Process = Deployment['processes'][number]

/** What it does. */
function workWords({ runs, isLeadingDaemon, kind }: Process): string {
  const words = [
    kind === 'server' && 'serves pages and API',
    kind === 'engine' && runs === 'none' && 'answers the server',
    runs === 'executes' && 'executes runs',
    runs === 'launches' && 'launches runs',
    isLeadingDaemon && 'works as the daemon',
    kind === 'daemon' && !isLeadingDaemon && 'stands by',
  ].filter(Boolean)
  return words.join(', ')
}

const columns: readonly GridColumn<Process>[] = [
  {
    key: 'name',
    title: 'Process',
    width: 184,
    value: (one) => one.name,
    canCopy: true,
    cell: (one) => (
      <Text size="sm" title={one.name} truncate maw={240}>
        {one.host} · {one.name.split(':').at(-1)}
      </Text>
    ),
  },
  { key: 'kind', title: 'Kind', width: 96, value: (one) => one.kind, cell: (one) => one.kind },
  {
    key: 'status',
    title: 'Status',
    width: 88,
    value: (one) => (one.isLost ? 'lost' : 'up'),
    cell: (one) => (
      <Status
        value={one.isLost ? 'lost' : 'up'}
        title={one.isLost ? 'It did not end in order, and was not heard of since' : undefined}
      />
    ),
  },
  { key: 'work', title: 'Does', isFlexible: true, value: workWords, cell: workWords },
  {
    key: 'load',
    title: 'Runs',
    width: 88,
    isNumeric: true,
    value: (one) => one.running,
    cell: (one) => (one.runs === 'none' ? '' : `${one.running} of ${one.capacity}`),
  },
  { key: 'version', title: 'Version', width: 96, value: (one) => one.version, cell: (one) => one.version },
  {
    key: 'started',
    title: 'Started',
    width: 128,
    value: (one) => one.startedAt,
    cell: (one) => <Ago at={one.startedAt} />,
  },
  {
    key: 'heard',
    title: 'Last heard of',
    width: 128,
    value: (one) => one.heardAt,
    cell: (one) => <Ago at={one.heardAt} />,
  },
]

/** Servers, engines, daemons and workers, on whatever machines. */
export const Processes = ({ processes }: { processes: readonly Process[] }) => (
  <DataGrid label="Processes" hasTools columns={columns} rows={processes} rowKey={(one) => one.name} minWidth={960} />
)
