import { Alert, Button, Code, CopyButton, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { NewToken, Role } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { asApiError, ErrorBox } from '../../design/states.js'
import { RoleSelect } from './role-select.js'

const lengths = [
  { value: '30d', label: '30 days' },
  { value: '90d', label: '90 days' },
  { value: '365d', label: 'a year' },
  { value: '', label: 'until it is revoked' },
]

/** Makes a token, then shows its secret, which nobody can show again. */
export function NewApiToken({ onClose }: { onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [expires, setExpires] = useState('90d')
  const make = useMutation({
    mutationFn: () => post<NewToken>('/tokens', { name: name.trim(), role, ...(expires === '' ? {} : { expires }) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
    // The secret is not kept once the window is closed.
    gcTime: 0,
  })
  if (make.data)
    return (
      <Modal opened onClose={onClose} title={`Token ${make.data.token.name}`} closeOnClickOutside={false}>
        <Secret secret={make.data.secret} onClose={onClose} />
      </Modal>
    )
  return (
    <Modal opened onClose={onClose} title="New token">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate()
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            description="What it is for"
            placeholder="ci"
            autoComplete="off"
            data-autofocus
            required
            withAsterisk={false}
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <RoleSelect label="Role" description="It may never do more than you may" value={role} onChange={setRole} />
          <Select
            label="Holds for"
            data={lengths}
            allowDeselect={false}
            value={expires}
            onChange={(value) => setExpires(value ?? '')}
          />
          {make.error && <ErrorBox error={asApiError(make.error)} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending} disabled={name.trim() === ''}>
              Make the token
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Stack gap="sm">
      <Alert color="yellow" py="xs">
        Copy it now: it is shown this once. Only a hash of it is kept.
      </Alert>
      <Code block data-testid="secret" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {secret}
      </Code>
      <Group justify="flex-end" gap="xs">
        <CopyButton value={secret} timeout={1500}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>I have kept it</Button>
      </Group>
    </Stack>
  )
}
