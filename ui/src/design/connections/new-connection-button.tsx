import { IconPlus } from '@tabler/icons-react'
import { useMay } from '../../api/session.js'
import { ToButton } from '../to-button.js'

/** To the steps that make a connection, of a source that is chosen already where one is named; nothing for who may not make any. */
export function NewConnectionButton({ connector }: { connector?: string }) {
  const mayMake = useMay('admin')
  if (!mayMake) return null
  return (
    <ToButton
      to="/connections/new"
      search={connector === undefined ? {} : { connector, step: 'settings' }}
      leftSection={<IconPlus size={14} aria-hidden />}
    >
      New connection
    </ToButton>
  )
}
