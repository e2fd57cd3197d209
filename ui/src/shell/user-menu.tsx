import { ActionIcon, Menu, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey, IconLogout, IconSettings, IconUserCircle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { post } from '../api/client.js'
import { sessionKey, useSession } from '../api/session.js'

const ChangePassword = lazy(async () => ({ default: (await import('./change-password.js')).ChangePassword }))

/** Who sits here, and what concerns them alone. */
export function UserMenu() {
  const { data: session } = useSession()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [isChanging, change] = useDisclosure()
  const logout = useMutation({
    mutationFn: () => post('/logout'),
    onSettled: () => client.invalidateQueries({ queryKey: sessionKey }),
  })
  if (!session) return null
  const { user, role, via } = session
  return (
    <>
      <Menu position="bottom-end" width={232} withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={user ? `Account of ${user}` : 'Settings'}>
            {user ? <IconUserCircle size={18} aria-hidden /> : <IconSettings size={17} aria-hidden />}
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {user ? (
              <>
                <Text fw={600} c="var(--ink)" style={{ overflowWrap: 'anywhere' }}>
                  {user}
                </Text>
                {role}
              </>
            ) : (
              'There is no login yet'
            )}
          </Menu.Label>
          {role === 'admin' && (
            <Menu.Item
              leftSection={<IconSettings size={15} aria-hidden />}
              onClick={() => void navigate({ to: '/settings', search: {} })}
            >
              Settings
            </Menu.Item>
          )}
          {via === 'session' && (
            <>
              <Menu.Item leftSection={<IconKey size={15} aria-hidden />} onClick={change.open}>
                Change password
              </Menu.Item>
              <Menu.Item leftSection={<IconLogout size={15} aria-hidden />} onClick={() => logout.mutate()}>
                Log out
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {isChanging && (
        <Suspense fallback={null}>
          <ChangePassword name={user ?? ''} onClose={change.close} />
        </Suspense>
      )}
    </>
  )
}
