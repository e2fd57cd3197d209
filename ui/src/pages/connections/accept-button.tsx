import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { post, segment } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { asApiError } from '../../design/states.js'
import { plural } from '../../design/text/time.js'

/** Takes the fields of streams as their source has them now, and syncs them. */
export function AcceptButton({ connection, streams }: { connection: string; streams: readonly string[] }) {
  const client = useQueryClient()
  const mayAccept = useMay('editor')
  const accept = useMutation({
    mutationFn: async () => {
      await post(`/connections/${segment(connection)}/accept`, { streams })
      await post(`/connections/${segment(connection)}/sync`, { streams })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['connections'] }),
    onError: (error) => notifications.show({ color: 'red', message: asApiError(error).message }),
  })
  if (!mayAccept) return null
  return (
    <Button variant="default" size="xs" loading={accept.isPending} onClick={() => accept.mutate()}>
      Accept and sync {streams.length === 1 ? streams[0] : plural(streams.length, 'stream')}
    </Button>
  )
}
