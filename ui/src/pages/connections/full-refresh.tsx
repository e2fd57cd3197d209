import { Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ConnectionDetail } from '../../../../src/server/contract/index.js'
import { post, segment } from '../../api/client.js'
import { ConfirmButton } from '../../design/confirm-button.js'
import { firstLine } from '../../design/states.js'
import { count, plural } from '../../design/text/time.js'
import { chosenOf, StreamChoice } from './stream-choice.js'

/** Forgets the state of chosen streams and reads them again; says first which tables that overwrites. */
export function FullRefresh({
  connection,
  only,
}: {
  connection: ConnectionDetail
  /** The streams that are chosen from the first; all when left out. */
  only?: readonly string[] | undefined
}) {
  const navigate = useNavigate()
  const others = () => connection.streams.map(({ name }) => name).filter((name) => only && !only.includes(name))
  const [left, setLeft] = useState<ReadonlySet<string>>(() => new Set(others()))
  const { chosen, rows, withState } = chosenOf(connection, left)
  const why = connection.statesError && firstLine(connection.statesError.message).replace(/\.$/, '')
  // Only the warehouse has tables.
  const what = connection.destinationSchema === undefined ? 'stream' : 'table'
  return (
    <ConfirmButton
      label={only ? `Full refresh of ${plural(only.length, 'stream')}` : 'Full refresh'}
      title={`Full refresh of ${connection.name}?`}
      confirm={chosen.length === 0 ? 'Choose a stream' : `Overwrite ${plural(chosen.length, what)}`}
      canConfirm={chosen.length > 0}
      isDangerous
      onConfirm={async () => {
        const { runId } = await post<{ runId: string }>(`/connections/${segment(connection.name)}/sync`, {
          fullRefresh: true,
          ...(left.size === 0 ? {} : { streams: chosen.map(({ name }) => name) }),
        })
        await navigate({ to: '/runs/$id', params: { id: runId } })
      }}
    >
      <Text>
        {plural(chosen.length, 'stream')} will be read again from the beginning, and {plural(chosen.length, what)} with{' '}
        {count(rows)} rows will be overwritten once the new rows are there:
      </Text>
      <StreamChoice connection={connection} left={left} onChange={setLeft} />
      <Text size="sm">
        {withState === undefined && `Their states are forgotten; which there are cannot be asked now (${why}). `}
        {withState !== undefined && withState > 0 && `The state of ${plural(withState, 'stream')} is forgotten. `}
        Rows that the source no longer has are lost. If the sync fails, the {what}s stay as they are.{' '}
        {connection.downstream > 0 &&
          `${plural(connection.downstream, 'asset')} that follow are not run, they become stale.`}
      </Text>
    </ConfirmButton>
  )
}
