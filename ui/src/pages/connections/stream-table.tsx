import { Group, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { ConnectionDetail, ConnectionStreamView } from '../../../../src/server/contract/index.js'
import { Status } from '../../design/status.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Ago, bytes, count } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { loadedUpTo } from './loaded-up-to.js'
import { SyncButton } from './sync-button.js'

/** The streams of a connection: how each is read and written, and how it stands. */
export function StreamTable({ connection }: { connection: ConnectionDetail }) {
  const [sought, setSought] = useState('')
  const found = connection.streams.filter(({ name }) => name.toLowerCase().includes(sought.trim().toLowerCase()))
  const columns = useMemo(() => columnsOf(connection), [connection])
  return (
    <>
      {connection.streams.length > searchedFrom && (
        <Group px="md" py="xs">
          <TextInput
            size="xs"
            aria-label="Search the streams"
            placeholder="Search"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={sought}
            onChange={(event) => setSought(event.currentTarget.value)}
          />
        </Group>
      )}
      <DataGrid
        label="Streams"
        hasTools
        columns={columns}
        rows={found}
        rowKey={(stream) => stream.name}
        minWidth={860}
      />
    </>
  )
}

const searchedFrom = 10

const words = (mode: string) => mode.replaceAll('_', ' ')

function columnsOf(connection: ConnectionDetail): readonly GridColumn<ConnectionStreamView>[] {
  const states = new Map(connection.states.map(({ stream, state }) => [stream, state]))
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
      title: 'Cursor, key',
      value: (stream) => cursorOf(stream, states) ?? keyOf(stream),
      cell: (stream) => (
        <>
          <Cursor stream={stream} field={cursorOf(stream, states)} />
          {keyOf(stream) !== undefined && (
            <Text size="xs" c="dimmed" ff="monospace" title="Primary key">
              {keyOf(stream)}
            </Text>
          )}
        </>
      ),
    },
    {
      key: 'rows',
      title: 'Rows',
      isNumeric: true,
      value: (stream) => stream.rows,
      cell: (stream) => count(stream.rows),
    },
    {
      key: 'upTo',
      title: 'Loaded up to',
      value: (stream) => loadedUpTo(states.get(stream.name))?.text,
      cell: (stream) => <UpTo state={states.get(stream.name)} />,
    },
    {
      key: 'last',
      title: 'Last commit',
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
    // Elsewhere all streams of a connection are synced together.
    ...(connection.remote
      ? []
      : [
          {
            key: 'actions',
            title: '',
            width: 88,
            cell: (stream: ConnectionStreamView) => (
              <SyncButton connection={connection} stream={stream.name} size="compact-xs" />
            ),
          },
        ]),
  ]
}

function lastWords({ lastMetadata }: ConnectionStreamView): string {
  if (typeof lastMetadata?.note === 'string') return lastMetadata.note
  const { rows_committed: committed, rows_rejected: rejected, bytes_read: read } = lastMetadata ?? {}
  return [
    typeof committed === 'number' && `${count(committed)} rows`,
    typeof read === 'number' && read > 0 && bytes(read),
    typeof rejected === 'number' && rejected > 0 && `${count(rejected)} rejected`,
  ]
    .filter(Boolean)
    .join(', ')
}

/** The one that is configured, or that the source has by itself, as its state names it. */
const cursorOf = ({ name, cursorField }: ConnectionStreamView, states: ReadonlyMap<string, unknown>) =>
  cursorField?.join('.') ?? loadedUpTo(states.get(name))?.field

function Cursor({ stream, field }: { stream: ConnectionStreamView; field: string | undefined }) {
  if (field === undefined && stream.syncMode === 'incremental')
    return (
      <Text size="sm" c="dimmed" title="The source tells by itself what is new">
        of the source
      </Text>
    )
  return <Path text={field} />
}

const keyOf = ({ primaryKey }: ConnectionStreamView) =>
  primaryKey && primaryKey.length > 0 ? primaryKey.map((part) => part.join('.')).join(', ') : undefined

/** How far the source was read: what is newer there is not loaded yet. */
function UpTo({ state }: { state: unknown }) {
  const known = loadedUpTo(state)
  if (!known) return <Path text={undefined} />
  return (
    <span title={known.title}>
      {known.at ? (
        <Ago at={known.at} daysUpTo={14} />
      ) : (
        <Text span size="sm" style={{ overflowWrap: 'anywhere' }}>
          {known.text}
        </Text>
      )}
    </span>
  )
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
