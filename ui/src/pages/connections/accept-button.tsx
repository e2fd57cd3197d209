import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { post, segment } from '../../api/client.js'
import { asApiError } from '../../design/states.js'

/** Takes the fields of a stream as its source has them now, and syncs it. */
export function AcceptButton({ connection, stream }: { connection: string; stream: string }) {
  const client = useQueryClient()
  const accept = useMutation({
    mutationFn: async () => {
      await post(`/connections/${segment(connection)}/accept`, { streams: [stream] })
      await post(`/connections/${segment(connection)}/sync`, { streams: [stream] })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['connections'] }),
    onError: (error) => notifications.show({ color: 'red', message: asApiError(error).message }),
  })
  return (
    <Button variant="default" size="xs" loading={accept.isPending} onClick={() => accept.mutate()}>
      Accept and sync {stream}
    </Button>
  )
}
