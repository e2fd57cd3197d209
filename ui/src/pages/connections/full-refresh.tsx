import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ConnectionDetail } from '../../../../src/server/contract/index.js'
import { post, segment } from '../../api/client.js'
import { ConfirmButton } from '../../design/confirm-button.js'
import { count, plural } from '../../design/time.js'
import classes from './connections.module.css'

/** Forgets the state of chosen streams and reads them again; says first which tables that overwrites. */
export function FullRefresh({ connection }: { connection: ConnectionDetail }) {
  const navigate = useNavigate()
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const chosen = connection.streams.filter((stream) => !left.has(stream.name))
  const kept = chosen.filter((stream) => stream.rows !== undefined)
  const rows = kept.reduce((sum, stream) => sum + (stream.rows ?? 0), 0)
  const withState = connection.states.filter(({ stream }) => chosen.some(({ name }) => name === stream)).length
  // Only the warehouse has tables.
  const what = connection.destinationSchema === undefined ? 'stream' : 'table'
  return (
    <ConfirmButton
      label="Full refresh"
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
      <Choice connection={connection} left={left} onChange={setLeft} />
      <Text size="sm">
        {withState > 0 && `The state of ${plural(withState, 'stream')} is forgotten. `}
        Rows that the source no longer has are lost. If the sync fails, the {what}s stay as they are.{' '}
        {connection.downstream > 0 &&
          `${plural(connection.downstream, 'asset')} that follow are not run, they become stale.`}
      </Text>
    </ConfirmButton>
  )
}

const searchedFrom = 10

function Choice({
  connection: { streams },
  left,
  onChange,
}: {
  connection: ConnectionDetail
  /** Those that are left out. */
  left: ReadonlySet<string>
  onChange: (left: ReadonlySet<string>) => void
}) {
  const [sought, setSought] = useState('')
  const found = streams.filter(({ name }) => name.toLowerCase().includes(sought.trim().toLowerCase()))
  const set = (names: readonly string[], isOn: boolean) => {
    const others = [...left].filter((name) => !names.includes(name))
    onChange(new Set(isOn ? others : [...others, ...names]))
  }
  const foundNames = found.map(({ name }) => name)
  return (
    <Stack gap="xs">
      {streams.length > searchedFrom && (
        <Group gap="xs">
          <TextInput
            size="xs"
            flex={1}
            aria-label="Search the streams"
            placeholder="Search"
            value={sought}
            onChange={(event) => setSought(event.currentTarget.value)}
          />
          <Button variant="subtle" size="compact-sm" onClick={() => set(foundNames, true)}>
            All
          </Button>
          <Button variant="subtle" size="compact-sm" onClick={() => set(foundNames, false)}>
            None
          </Button>
        </Group>
      )}
      <div className={classes.choice}>
        {found.map((stream) => (
          <Checkbox
            key={stream.name}
            size="xs"
            checked={!left.has(stream.name)}
            onChange={(event) => set([stream.name], event.currentTarget.checked)}
            label={
              <>
                <b>{stream.relation ?? stream.name}</b>
                {stream.rows !== undefined && `, ${count(stream.rows)} rows`}
                {stream.rows === undefined && stream.lastSyncAt === undefined && ', not loaded yet'}
              </>
            }
          />
        ))}
      </div>
    </Stack>
  )
}
