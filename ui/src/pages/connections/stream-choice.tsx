import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ConnectionDetail } from '../../../../src/server/contract/index.js'
import { count } from '../../design/text/time.js'
import classes from './connections.module.css'

/**
 * The streams that are chosen, the rows that they have, and how many of them have a state, undefined where that cannot be asked now.
 * @param left those that are left out
 */
export function chosenOf({ streams, states, statesError }: ConnectionDetail, left: ReadonlySet<string>) {
  const chosen = streams.filter((stream) => !left.has(stream.name))
  return {
    chosen,
    rows: chosen.reduce((sum, stream) => sum + (stream.rows ?? 0), 0),
    withState: statesError
      ? undefined
      : states.filter(({ stream }) => chosen.some(({ name }) => name === stream)).length,
  }
}

const searchedFrom = 10

/** Lets streams be left out of what is to be done; says which table each is, and its rows. */
export function StreamChoice({
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
