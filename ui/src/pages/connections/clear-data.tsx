import { Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ConnectionDetail } from '../../../../src/server/contract/index.js'
import { post, segment } from '../../api/client.js'
import { ConfirmButton } from '../../design/confirm-button.js'
import { count, plural } from '../../design/text/time.js'
import { chosenOf, StreamChoice } from './stream-choice.js'

/** Empties the tables of chosen streams, which the next sync loads from the start; says first which they are. */
export function ClearData({ connection }: { connection: ConnectionDetail }) {
  const navigate = useNavigate()
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const { chosen, rows } = chosenOf(connection, left)
  const isWarehouse = connection.destinationSchema !== undefined
  const what = plural(chosen.length, isWarehouse ? 'table' : 'stream')
  const verb = isWarehouse ? 'Empty' : 'Clear'
  return (
    <ConfirmButton
      label="Clear data"
      title={`Clear data of ${connection.name}?`}
      confirm={chosen.length === 0 ? 'Choose a stream' : `${verb} ${what}`}
      canConfirm={chosen.length > 0}
      isDangerous
      onConfirm={async () => {
        const { runId } = await post<{ runId: string }>(
          `/connections/${segment(connection.name)}/clear`,
          left.size === 0 ? {} : { streams: chosen.map(({ name }) => name) },
        )
        await navigate({ to: '/runs/$id', params: { id: runId } })
      }}
    >
      <Text>
        {what} with {count(rows)} rows will be {isWarehouse ? 'emptied' : 'cleared'}, and nothing is loaded instead:
      </Text>
      <StreamChoice connection={connection} left={left} onChange={setLeft} />
      <Text size="sm">
        {isWarehouse && 'The tables stay, with their views and rights. '}
        How far the source was read is forgotten: the next sync loads everything again. Rows that the source no longer
        has are lost.{' '}
        {connection.downstream > 0 &&
          `${plural(connection.downstream, 'asset')} that follow are not run, they become stale.`}
      </Text>
    </ConfirmButton>
  )
}
