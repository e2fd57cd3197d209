import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { post, segment } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { asApiError } from '../../design/states.js'
import { plural } from '../../design/text/time.js'
import { refreshConnection } from './refresh-connection.js'

const refuse = (message: string) => notifications.show({ color: 'red', message })

/** Takes the fields of streams as their source has them now, and syncs them. */
export function AcceptButton({ connection, streams }: { connection: string; streams: readonly string[] }) {
  const client = useQueryClient()
  const mayAccept = useMay('editor')
  const accept = useMutation({
    mutationFn: async () => {
      await post(`/connections/${segment(connection)}/accept`, { streams })
      // What was accepted stays so.
      await post(`/connections/${segment(connection)}/sync`, { streams }).catch((error) =>
        refuse(`Accepted. The sync could not be started: ${asApiError(error).message}`),
      )
    },
    onError: (error) => refuse(asApiError(error).message),
    onSettled: () => refreshConnection(client),
  })
  if (!mayAccept) return null
  return (
    <Button variant="default" size="xs" loading={accept.isPending} onClick={() => accept.mutate()}>
      Accept and sync {streams.length === 1 ? streams[0] : plural(streams.length, 'stream')}
    </Button>
  )
}
