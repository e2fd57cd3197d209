import { Alert, Code, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ApiError } from '../../../src/server/contract/index.js'
import { ApiFailure } from '../api/client.js'

/** What, where, how to mend. */
export function ErrorBox({ error }: { error: ApiError }) {
  const place = error.at
    ? [error.at.file, error.at.line, error.at.column].filter((part) => part !== undefined).join(':')
    : undefined
  return (
    <Alert color="red" variant="light" title={error.message.split('\n')[0]} role="alert">
      {error.message.includes('\n') && <Code block>{error.message.split('\n').slice(1).join('\n')}</Code>}
      {place && (
        <Text size="sm" ff="monospace">
          at {place}
        </Text>
      )}
      {error.frame && (
        <Code block mt={4}>
          {error.frame}
        </Code>
      )}
      {error.hint && (
        <Text size="sm" mt={4}>
          <b>What to do:</b> {error.hint}
        </Text>
      )}
    </Alert>
  )
}

/** A query's data, the shape of it while it comes, or why it did not. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data)
  if (query.error)
    return (
      <ErrorBox
        error={
          query.error instanceof ApiFailure
            ? query.error.error
            : { code: 'UNEXPECTED', kind: 'bug', retryable: true, message: String(query.error) }
        }
      />
    )
  return (
    <Stack aria-busy="true" aria-label="Loading">
      {[90, 100, 70, 85].map((width) => (
        <Skeleton key={width} height={24} width={`${width}%`} />
      ))}
    </Stack>
  )
}

/** Nothing here yet, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack gap={4} py="lg" align="center">
      <Title order={4} c="dimmed">
        {title}
      </Title>
      {children && (
        <Text c="dimmed" size="sm">
          {children}
        </Text>
      )}
    </Stack>
  )
}
