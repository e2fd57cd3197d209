import { Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, useState } from 'react'
import type { ApiError, SecretsSet } from '../../../../src/server/contract/index.js'
import { put } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { SecretArea } from '../forms/secret-area.js'
import { asApiError, ErrorBox } from '../states.js'
import classes from './missing-secrets.module.css'

/** The secrets for want of which something cannot be read; none of any other error. */
export function missingSecretsOf({ code, data }: ApiError): readonly string[] {
  if (code !== 'ENV_MISSING' && code !== 'CONNECTION_SECRET_UNREADABLE') return []
  // Nobody can tell whether it is missing, and nothing can be kept, while the store is away.
  if (data?.reason === 'away') return []
  return Array.isArray(data?.variables) ? data.variables.map(String) : []
}

/** What is wrong, and, where it is a secret that nobody has, a field for it. */
export function ErrorWithSecrets({ error, onSet }: { error: ApiError; onSet?: () => void }) {
  const maySet = useMay('admin')
  const missing = missingSecretsOf(error)
  return (
    <Stack gap="sm">
      <ErrorBox error={error} />
      {maySet && missing.length > 0 && <MissingSecrets names={missing} {...(onSet ? { onSet } : {})} />}
    </Stack>
  )
}

/** What is to be said about secrets that were kept. */
export function tellWarning(warning: string | undefined): void {
  if (warning !== undefined) notifications.show({ color: 'yellow', title: 'Kept', message: warning, autoClose: false })
}

/** A field for each, and all of them kept at once. */
function MissingSecrets({ names, onSet }: { names: readonly string[]; onSet?: () => void }) {
  const client = useQueryClient()
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const keep = useMutation({
    mutationFn: () =>
      put<SecretsSet>('/secrets', { values: Object.fromEntries(names.map((name) => [name, values[name] ?? ''])) }),
    gcTime: 0,
    onSuccess: async ({ warning }) => {
      tellWarning(warning)
      setValues({})
      onSet?.()
      await client.invalidateQueries()
    },
  })
  const isWhole = names.every((name) => values[name])
  // No form of its own: it may stand in one. What has several lines is pasted.
  const keepOnEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    if (isWhole && !keep.isPending) keep.mutate()
  }
  return (
    <fieldset className={classes.fields} aria-label="Missing secrets">
      <Stack gap="xs" maw={480}>
        {names.map((name) => (
          <SecretArea
            key={name}
            label={name}
            value={values[name] ?? ''}
            onKeyDown={keepOnEnter}
            onChange={(event) => {
              const { value } = event.currentTarget
              setValues((known) => ({ ...known, [name]: value }))
            }}
          />
        ))}
        {keep.error && <ErrorBox error={asApiError(keep.error)} />}
        <Group gap="sm">
          <Button loading={keep.isPending} disabled={!isWhole} onClick={() => keep.mutate()}>
            {names.length === 1 ? 'Keep the secret' : 'Keep the secrets'}
          </Button>
          <Text size="xs" c="dimmed">
            Encrypted, in the metadata store. Settings → Secrets lists them.
          </Text>
        </Group>
      </Stack>
    </fieldset>
  )
}
