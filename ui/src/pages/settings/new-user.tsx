import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Role } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { asApiError, ErrorBox } from '../../design/states.js'
import { RoleSelect } from './role-select.js'

export function NewUser({ isFirst, onClose }: { isFirst: boolean; onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>(isFirst ? 'admin' : 'viewer')
  const [password, setPassword] = useState('')
  const make = useMutation({
    mutationFn: () => post('/users', { name: name.trim(), role, password }),
    onSuccess: async () => {
      onClose()
      // After the first user a login is needed: who made it is asked for it.
      await client.invalidateQueries({ queryKey: isFirst ? ['session'] : ['users'] })
    },
  })
  return (
    <Modal opened onClose={onClose} title={isFirst ? 'The first admin' : 'New user'}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate()
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            description="To log in with: a short name or an e-mail address"
            autoComplete="off"
            data-autofocus
            required
            withAsterisk={false}
            maxLength={64}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <RoleSelect label="Role" disabled={isFirst} value={role} onChange={setRole} />
          <PasswordInput
            label="Password"
            description="10 characters or more; the user can change it"
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {isFirst && <Text size="sm">From now on everybody has to log in. You will be asked next.</Text>}
          {make.error && <ErrorBox error={asApiError(make.error)} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending} disabled={name.trim() === '' || password === ''}>
              Make the user
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
