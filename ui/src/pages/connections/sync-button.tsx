import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ConnectionView } from '../../../../src/server/contract/index.js'
import { post, segment } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { asApiError } from '../../design/states.js'
import { ToButton } from '../../design/to-button.js'
import { refreshConnection } from './refresh-connection.js'

/** Syncs a connection, or one stream of it, and stays on the page: its state shows how it goes. */
export function SyncButton({
  connection,
  stream,
  size = 'xs',
  variant = 'default',
}: {
  connection: ConnectionView
  stream?: string
  size?: string
  variant?: 'default' | 'filled'
}) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const maySync = useMay('editor')
  const sync = useMutation({
    mutationFn: () =>
      post<{ runId: string }>(`/connections/${segment(connection.name)}/sync`, stream ? { streams: [stream] } : {}),
    onSuccess: ({ runId }) => {
      notifications.show({
        message: `Syncing ${stream ? `${connection.name}/${stream}` : connection.name}: open run ${runId.slice(-8)}`,
        onClick: () => void navigate({ to: '/runs/$id', params: { id: runId } }),
        style: { cursor: 'pointer' },
      })
    },
    onError: (error) => notifications.show({ color: 'red', message: asApiError(error).message }),
    onSettled: () => refreshConnection(client),
  })
  const runId = stream
    ? connection.streams.find((one) => one.name === stream)?.inProgressRunId
    : connection.inProgressRunId
  if (runId)
    return (
      <ToButton to="/runs/$id" params={{ id: runId }} size={size} variant="default">
        Syncing …
      </ToButton>
    )
  if (!maySync) return null
  return (
    <Button
      size={size}
      variant={variant}
      loading={sync.isPending}
      onClick={() => sync.mutate()}
      aria-label={size === 'xs' ? undefined : stream ? `Sync ${stream} now` : `Sync now: ${connection.name}`}
    >
      {stream ? 'Sync' : 'Sync now'}
    </Button>
  )
}
