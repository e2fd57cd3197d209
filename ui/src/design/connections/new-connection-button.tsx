import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { basePath } from '../../api/base-path.js'
import { useMay } from '../../api/session.js'

/** To the steps that make a connection, of a source that is chosen already where one is named; nothing for who may not make any. */
export function NewConnectionButton({ connector }: { connector?: string }) {
  const navigate = useNavigate()
  const mayMake = useMay('admin')
  if (!mayMake) return null
  const search: Record<string, string> = connector === undefined ? {} : { connector, step: 'settings' }
  return (
    <Button
      component="a"
      href={`${basePath}/connections/new?${new URLSearchParams(search)}`}
      leftSection={<IconPlus size={14} aria-hidden />}
      onClick={(event) => {
        event.preventDefault()
        void navigate({ to: '/connections/new', search })
      }}
    >
      New connection
    </Button>
  )
}
