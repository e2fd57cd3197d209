import { Group, PasswordInput, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiUser, Role } from '../../../../src/server/contract/index.js'
import { put, remove, segment } from '../../api/client.js'
import { useSession } from '../../api/session.js'
import { ConfirmButton } from '../../design/confirm-button.js'
import { RoleSelect } from './role-select.js'

/** What an admin can do with a user; each ends the sessions of the user. */
export function UserActions({ user }: { user: ApiUser }) {
  const client = useQueryClient()
  const { data: session } = useSession()
  const [role, setRole] = useState<Role>(user.role)
  const [password, setPassword] = useState('')
  const path = `/users/${segment(user.name)}`
  const isOwn = session?.user === user.name
  const change = async (body: object) => {
    await put(path, body)
    await client.invalidateQueries({ queryKey: isOwn ? ['session'] : ['users'] })
  }
  const end = isOwn ? 'You are logged out by it.' : 'Where they are logged in now, they are logged out.'
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      <ConfirmButton
        size="compact-xs"
        label="Role"
        title={`Role of ${user.name}`}
        confirm="Change it"
        canConfirm={role !== user.role}
        onConfirm={() => change({ role })}
      >
        <RoleSelect label="Role" value={role} onChange={setRole} />
        <Text size="sm">{end}</Text>
      </ConfirmButton>
      <ConfirmButton
        size="compact-xs"
        label="Password"
        title={`New password for ${user.name}`}
        confirm="Set it"
        canConfirm={password !== ''}
        onConfirm={async () => {
          await change({ password })
          setPassword('')
        }}
      >
        <PasswordInput
          label="New password"
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Text size="sm">{end}</Text>
      </ConfirmButton>
      <ConfirmButton
        size="compact-xs"
        label={user.isDisabled ? 'Enable' : 'Disable'}
        title={user.isDisabled ? `Let ${user.name} log in again?` : `Disable ${user.name}?`}
        confirm={user.isDisabled ? 'Enable' : 'Disable'}
        onConfirm={() => change({ isDisabled: !user.isDisabled })}
      >
        <Text>
          {user.isDisabled
            ? 'The password and the tokens that they made hold again.'
            : `They cannot log in until enabled again, and the tokens that they made do not work meanwhile. ${end}`}
        </Text>
      </ConfirmButton>
      <ConfirmButton
        size="compact-xs"
        label="Remove"
        title={`Remove ${user.name}?`}
        confirm="Remove the user"
        isDangerous
        onConfirm={async () => {
          await remove(path)
          await client.invalidateQueries({ queryKey: isOwn ? ['session'] : ['users'] })
        }}
      >
        <Text>The user goes, with the tokens that they made. What the audit log says of them stays.</Text>
      </ConfirmButton>
    </Group>
  )
}
