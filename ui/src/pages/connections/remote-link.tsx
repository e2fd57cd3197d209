import { Anchor } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import type { ConnectionView } from '../../../../src/server/contract/index.js'
import { cronsWords } from '../automation/cron-words.js'

type Remote = NonNullable<ConnectionView['remote']>

/** When its server syncs a connection by itself; undefined where it does not. */
export function timesThere({ schedule, status }: Remote): string | undefined {
  if (!schedule || status !== 'active') return undefined
  // What is counted in hours the server says best itself.
  const words = schedule.text.startsWith('every') || !schedule.cron ? undefined : cronsWords(schedule.cron)
  return words === undefined ? schedule.text : `${words}, ${schedule.timezone}`
}

/** To the page of the server that keeps a connection. */
export function RemoteLink({ remote, label = remote.server }: { remote: Remote; label?: string }) {
  return (
    <Anchor href={remote.page} target="_blank" rel="noreferrer" inherit title={`${remote.title}, on ${remote.server}`}>
      {label} <IconExternalLink size={11} aria-label="opens the page of the server" style={{ verticalAlign: '-1px' }} />
    </Anchor>
  )
}
