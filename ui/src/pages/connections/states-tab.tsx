import { Code, Stack, Text } from '@mantine/core'
import type { ConnectionDetail } from '../../../../src/server/contract/index.js'
import { ErrorBox } from '../../design/states.js'
import { Ago } from '../../design/text/time.js'
import classes from './connections.module.css'
import { loadedUpTo } from './loaded-up-to.js'

/** What each stream has committed, one line each; the whole of it opens. */
export function StatesTab({ states, statesError }: Pick<ConnectionDetail, 'states' | 'statesError'>) {
  if (statesError)
    return (
      <Stack gap="xs">
        <Text c="dimmed">What the streams have committed cannot be asked now:</Text>
        <ErrorBox error={statesError} />
      </Stack>
    )
  if (states.length === 0)
    return <Text c="dimmed">No stream has committed a state yet: the next sync reads everything.</Text>
  return (
    <div>
      {states.map(({ stream, state, updatedAt }) => (
        <details key={stream} className={classes.state}>
          <summary>
            <b>{stream}</b>
            <span title={loadedUpTo(state)?.title}>{loadedUpTo(state)?.text}</span>
            <Ago at={updatedAt} />
          </summary>
          <Code block>{JSON.stringify(state, null, 2)}</Code>
        </details>
      ))}
    </div>
  )
}
