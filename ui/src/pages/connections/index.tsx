import { Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ConnectionsView, ConnectionView } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { agesMs } from '../../api/live.js'
import { FirstConnection } from '../../design/connections/first-connection.js'
import { NewConnectionButton } from '../../design/connections/new-connection-button.js'
import { Page, Section } from '../../design/page.js'
import { Empty, firstLine, Loaded, placeOf, TableShape } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Ago, clockTime, count, exactTime, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './connections.module.css'
import { RemoteLink, timesThere } from './remote-link.js'
import { SyncButton } from './sync-button.js'
import { Waiting } from './waiting.js'

export function ConnectionsPage() {
  const query = useQuery({
    queryKey: ['connections'],
    queryFn: () => get<ConnectionsView>('/connections'),
    refetchInterval: agesMs,
  })
  return (
    <Page title="Connections" lead="Where the data comes from, and whether it flows." actions={<Actions />}>
      {query.data?.waiting.map((one) => (
        <Waiting key={one.name} connection={one} />
      ))}
      <Section isFlush>
        <Loaded query={query} skeleton={<TableShape />}>
          {({ connections, waiting }) =>
            connections.length === 0 && waiting.length > 0 ? (
              <Empty title="No connection can be read yet" />
            ) : connections.length === 0 ? (
              <>
                <Empty title="No connections yet">A connection loads streams of a source into the warehouse.</Empty>
                <FirstConnection />
              </>
            ) : (
              <DataGrid
                label="Connections"
                columns={columns}
                rows={connections}
                rowKey={(one) => one.name}
                minWidth={820}
              />
            )
          }
        </Loaded>
      </Section>
    </Page>
  )
}

function Actions() {
  return (
    <>
      <Button variant="default" component={Link} to="/connectors">
        Connectors
      </Button>
      <NewConnectionButton />
    </>
  )
}

const rowsOf = (one: ConnectionView) =>
  one.streams.some((stream) => stream.rows !== undefined)
    ? one.streams.reduce((sum, stream) => sum + (stream.rows ?? 0), 0)
    : undefined

const columns: readonly GridColumn<ConnectionView>[] = [
  {
    key: 'name',
    title: 'Connection',
    value: (one) => one.name,
    cell: (one) => (
      <>
        <To to="/connections/$name" params={{ name: one.name }} search={{}} fw={500}>
          {one.name}
        </To>
        <Text size="xs" c="dimmed">
          {one.sourceConnector} → {one.destinationConnector}
          {one.destinationSchema !== undefined && `.${one.destinationSchema}`}
          {one.remote && (
            <>
              {' · '}
              <RemoteLink remote={one.remote} />
            </>
          )}
        </Text>
      </>
    ),
  },
  { key: 'health', title: 'State', value: (one) => one.health, cell: (one) => <State connection={one} /> },
  {
    key: 'streams',
    title: 'Streams',
    isNumeric: true,
    value: (one) => one.streams.length,
    cell: (one) => <span title={one.streams.map((stream) => stream.name).join(', ')}>{count(one.streams.length)}</span>,
  },
  { key: 'rows', title: 'Rows', isNumeric: true, value: rowsOf, cell: (one) => count(rowsOf(one)) },
  {
    key: 'last',
    title: 'Last sync',
    value: (one) => one.lastSyncAt,
    cell: (one) =>
      one.lastRunId ? (
        <To to="/runs/$id" params={{ id: one.lastRunId }} c="inherit">
          <Ago at={one.lastSyncAt} />
        </To>
      ) : (
        <Ago at={one.lastSyncAt} />
      ),
  },
  { key: 'next', title: 'Next sync', value: (one) => one.next?.at, cell: (one) => <Next connection={one} /> },
  {
    key: 'actions',
    title: '',
    width: 96,
    cell: (one) =>
      one.remote && one.remote.status !== 'active' ? null : <SyncButton connection={one} size="compact-xs" />,
  },
]

/** One word, and in a second line why it is not well. */
function State({ connection: { health, late, streams } }: { connection: ConnectionView }) {
  const failed = streams.find((stream) => stream.lastError)
  const place = placeOf(failed?.lastError)
  return (
    <>
      <Status value={late && health === 'fresh' ? 'late' : health} />
      {failed?.lastError && (
        <div className={classes.reason} title={failed.lastError.message}>
          {failed.name}: {firstLine(failed.lastError.message)}
          {place && ` (${place})`}
        </div>
      )}
      {late && !failed && (
        <div className={classes.reason}>
          {late.by} was due {clockTime(late.dueAt)}
        </div>
      )}
    </>
  )
}

export function Next({ connection: { next, streams, remote } }: { connection: ConnectionView }) {
  if (!next && remote && (remote.schedule !== undefined || remote.status !== 'active'))
    return (
      <>
        <Text size="sm">{remote.status === 'active' ? timesThere(remote) : remote.status}</Text>
        <Text size="xs" c="dimmed">
          there, on {remote.server}
        </Text>
      </>
    )
  if (!next)
    return (
      <Text size="sm" c="dimmed" title={`No schedule that is on reaches ${plural(streams.length, 'stream')}`}>
        by hand only
      </Text>
    )
  return (
    <>
      <Ago at={next.at} />
      <Text size="xs" c="dimmed" title={exactTime(next.at, next.timezone)}>
        {next.by}
      </Text>
    </>
  )
}
