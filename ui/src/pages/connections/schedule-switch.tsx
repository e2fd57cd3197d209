import { Switch } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ConnectionView } from '../../../../src/server/contract/index.js'
import { put, segment } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { asApiError } from '../../design/states.js'
import { cronsWords } from '../automation/cron-words.js'
import { refreshConnection } from './refresh-connection.js'

/** Pauses the connection's own schedule, and lets it go on. */
export function ScheduleSwitch({ schedule }: { schedule: NonNullable<ConnectionView['schedule']> }) {
  const client = useQueryClient()
  const { automation, cron, timezone } = schedule
  const change = useMutation({
    mutationFn: (isOn: boolean) => put(`/automation/${segment(automation?.name ?? '')}`, { isOn }),
    onError: (error) => notifications.show({ color: 'red', message: asApiError(error).message }),
    onSettled: () => refreshConnection(client, 'automation'),
  })
  const mayChange = useMay('editor')
  if (!automation) return null
  return (
    <Switch
      size="xs"
      mt={4}
      disabled={!mayChange}
      checked={change.isPending ? change.variables : automation.isOn}
      onChange={(event) => change.mutate(event.currentTarget.checked)}
      label={automation.isOn ? 'Schedule on' : 'Schedule paused'}
      title={`${cronsWords(cron) ?? cron.join(', ')}, ${timezone}${mayChange ? '' : '. To change it needs the role editor'}`}
    />
  )
}
