import { List, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ConnectionDetail } from '../../../../src/server/contract/index.js'
import { post, segment } from '../../api/client.js'
import { ConfirmButton } from '../../design/confirm-button.js'
import { count, plural } from '../../design/time.js'

/** Forgets state and reads everything again; says first which tables that overwrites. */
export function FullRefresh({ connection }: { connection: ConnectionDetail }) {
  const navigate = useNavigate()
  const kept = connection.streams.filter((stream) => stream.rows !== undefined)
  const rows = kept.reduce((sum, stream) => sum + (stream.rows ?? 0), 0)
  const withState = connection.states.length
  // Only the warehouse has tables.
  const what = connection.destinationSchema === undefined ? 'stream' : 'table'
  return (
    <ConfirmButton
      label="Full refresh"
      title={`Full refresh of ${connection.name}?`}
      confirm={`Overwrite ${plural(connection.streams.length, what)}`}
      isDangerous
      onConfirm={async () => {
        const { runId } = await post<{ runId: string }>(`/connections/${segment(connection.name)}/sync`, {
          fullRefresh: true,
        })
        await navigate({ to: '/runs/$id', params: { id: runId } })
      }}
    >
      <Text>
        {plural(connection.streams.length, 'stream')} will be read again from the beginning, and{' '}
        {plural(connection.streams.length, what)} with {count(rows)} rows will be overwritten once the new rows are
        there:
      </Text>
      <List size="sm">
        {connection.streams.map((stream) => (
          <List.Item key={stream.name}>
            <b>{stream.relation ?? stream.name}</b>
            {stream.rows !== undefined && `, ${count(stream.rows)} rows`}
            {stream.rows === undefined && stream.lastSyncAt === undefined && ', not loaded yet'}
          </List.Item>
        ))}
      </List>
      <Text size="sm">
        {withState > 0 && `The state of ${plural(withState, 'stream')} is forgotten. `}
        Rows that the source no longer has are lost. If the sync fails, the {what}s stay as they are.{' '}
        {connection.downstream > 0 &&
          `${plural(connection.downstream, 'asset')} that follow are not run, they become stale.`}
      </Text>
    </ConfirmButton>
  )
}
