import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SecretsSet, SecretView } from '../../../../src/server/contract/index.js'
import { put, segment } from '../../api/client.js'
import { tellWarning } from '../../design/connections/missing-secrets.js'
import { SecretArea } from '../../design/forms/secret-area.js'
import { asApiError, ErrorBox } from '../../design/states.js'

/** Keeps a secret, a new one where no name is given. What it was is never shown. */
export function SetSecret({ secret, onClose }: { secret?: Pick<SecretView, 'name' | 'status'>; onClose: () => void }) {
  const given = secret?.name
  const client = useQueryClient()
  const [name, setName] = useState(given ?? '')
  const [value, setValue] = useState('')
  const keep = useMutation({
    mutationFn: () => put<SecretsSet>(`/secrets/${segment(name.trim())}`, { value }),
    onSuccess: async ({ warning }) => {
      tellWarning(warning)
      onClose()
      await client.invalidateQueries({ queryKey: ['secrets'] })
    },
    gcTime: 0,
  })
  return (
    <Modal opened onClose={onClose} title={given === undefined ? 'New secret' : given}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          keep.mutate()
        }}
      >
        <Stack gap="sm">
          {given === undefined && (
            <TextInput
              label="Name"
              description="As files of connections name it, there between ${ and }"
              placeholder="SHOP_PASSWORD"
              autoComplete="off"
              spellCheck={false}
              data-autofocus
              required
              withAsterisk={false}
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          <SecretArea
            label="Secret"
            description="Kept encrypted. It is not shown again."
            data-autofocus={given !== undefined || undefined}
            required
            withAsterisk={false}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          {keep.error && <ErrorBox error={asApiError(keep.error)} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={keep.isPending} disabled={name.trim() === '' || value === ''}>
              {secret === undefined
                ? 'Keep the secret'
                : `${secret.status === 'missing' ? 'Set' : 'Replace'} ${secret.name}`}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
