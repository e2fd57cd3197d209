import { Text } from '@mantine/core'
import type { ConnectionStreamView, ConnectionView } from '../../../../src/server/contract/index.js'
import { DataGrid, type GridColumn } from '../../design/data-grid.js'
import { Status } from '../../design/status.js'
import { Ago, count } from '../../design/time.js'
import { To } from '../../design/to.js'
import { SyncButton } from './sync-button.js'

/** The streams of a connection: how each is read and written, and how it stands. */
export function StreamTable({ connection }: { connection: ConnectionView }) {
  return (
    <DataGrid
      label="Streams"
      columns={columnsOf(connection)}
      rows={connection.streams}
      rowKey={(stream) => stream.name}
      minWidth={860}
    />
  )
}

const words = (mode: string) => mode.replaceAll('_', ' ')

function columnsOf(connection: ConnectionView): readonly GridColumn<ConnectionStreamView>[] {
  return [
    {
      key: 'name',
      title: 'Stream',
      value: (stream) => stream.name,
      cell: (stream) => (
        <>
          <To to="/assets/$key" params={{ key: stream.asset }} search={{}} fw={500}>
            {stream.name}
          </To>
          {stream.relation && stream.relation !== stream.name && (
            <Text size="xs" c="dimmed">
              {stream.relation}
            </Text>
          )}
        </>
      ),
    },
    {
      key: 'health',
      title: 'State',
      value: (stream) => stream.health,
      cell: (stream) => <Status value={stream.health} />,
    },
    {
      key: 'mode',
      title: 'Read, written',
      value: (stream) => stream.syncMode,
      cell: (stream) => (
        <>
          {words(stream.syncMode)}
          <Text size="xs" c="dimmed">
            {words(stream.destinationSyncMode)}
          </Text>
        </>
      ),
    },
    {
      key: 'cursor',
      title: 'Cursor',
      value: (stream) => stream.cursorField?.join('.'),
      cell: (stream) => <Path text={stream.cursorField?.join('.')} />,
    },
    {
      key: 'key',
      title: 'Primary key',
      value: (stream) => stream.primaryKey?.map((part) => part.join('.')).join(', '),
      cell: (stream) => <Path text={stream.primaryKey?.map((part) => part.join('.')).join(', ')} />,
    },
    {
      key: 'rows',
      title: 'Rows',
      isNumeric: true,
      value: (stream) => stream.rows,
      cell: (stream) => count(stream.rows),
    },
    {
      key: 'last',
      title: 'Last sync',
      value: (stream) => stream.lastSyncAt,
      cell: (stream) => (
        <>
          <Ago at={stream.lastSyncAt} />
          <Text size="xs" c="dimmed">
            {lastWords(stream)}
          </Text>
        </>
      ),
    },
    {
      key: 'actions',
      title: '',
      width: 88,
      cell: (stream) => <SyncButton connection={connection} stream={stream.name} size="compact-xs" />,
    },
  ]
}

function lastWords({ lastMetadata }: ConnectionStreamView): string {
  if (typeof lastMetadata?.note === 'string') return lastMetadata.note
  const { rows_committed: committed, rows_rejected: rejected } = lastMetadata ?? {}
  return [
    typeof committed === 'number' && `${count(committed)} rows`,
    typeof rejected === 'number' && rejected > 0 && `${count(rejected)} rejected`,
  ]
    .filter(Boolean)
    .join(', ')
}

function Path({ text }: { text: string | undefined }) {
  return text ? (
    <Text size="sm" ff="monospace">
      {text}
    </Text>
  ) : (
    <Text size="sm" c="dimmed" aria-label="none">
      –
    </Text>
  )
}
