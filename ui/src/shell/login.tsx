import { Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Session } from '../../../src/server/contract/index.js'
import { post } from '../api/client.js'
import { sessionKey } from '../api/session.js'
import { Mark } from '../design/mark.js'
import { asApiError } from '../design/states.js'
import classes from './login.module.css'

/** Name and password; what was on the page before is forgotten, since another one may sit here now. */
export function Login() {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const login = useMutation({
    mutationFn: () => post<Session>('/login', { name: name.trim(), password }),
    onSuccess: (session) => {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] })
      client.setQueryData(sessionKey, session)
    },
    onError: () => setPassword(''),
  })
  useEffect(() => {
    document.title = 'Log in · Millrace'
  }, [])
  const error = login.error && asApiError(login.error)
  return (
    <main className={classes.ground}>
      <Paper
        component="form"
        className={classes.card}
        withBorder
        radius="md"
        aria-label="Log in"
        onSubmit={(event) => {
          event.preventDefault()
          login.mutate()
        }}
      >
        <Stack gap="md">
          <div className={classes.brand}>
            <Mark size={28} />
            <Title order={1}>Millrace</Title>
          </div>
          <TextInput
            label="Name"
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={64}
            data-autofocus
            autoFocus
            required
            withAsterisk={false}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {error && (
            <div role="alert">
              <Text size="sm" c="var(--status-bad)" fw={500}>
                {error.message}
              </Text>
              {error.hint && (
                <Text size="xs" c="dimmed" mt={4}>
                  {error.hint}
                </Text>
              )}
            </div>
          )}
          <Button type="submit" size="sm" fullWidth loading={login.isPending}>
            Log in
          </Button>
        </Stack>
      </Paper>
    </main>
  )
}
