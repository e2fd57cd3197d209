import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { put } from '../api/client.js'
import { asApiError, ErrorBox } from '../design/states.js'

/** Another password of one's own. */
export function ChangePassword({ name, onClose }: { name: string; onClose: () => void }) {
  const [password, setPassword] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const change = useMutation({
    mutationFn: () => put('/session/password', { password, newPassword: next }),
    onSuccess: () => {
      notifications.show({ message: 'The password is changed' })
      onClose()
    },
  })
  const differs = again !== '' && again !== next
  return (
    <Modal opened onClose={onClose} title="Change password">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (next === again) change.mutate()
        }}
      >
        <Stack gap="sm">
          {/* For password managers, which want to know whose it is. */}
          <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            data-autofocus
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password"
            description="10 characters or more"
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password again"
            autoComplete="new-password"
            required
            withAsterisk={false}
            error={differs ? 'The two differ' : undefined}
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
          />
          <Text size="sm" c="dimmed">
            Everywhere else you are logged out.
          </Text>
          {change.error && <ErrorBox error={asApiError(change.error)} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={change.isPending} disabled={next === '' || next !== again}>
              Change it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
