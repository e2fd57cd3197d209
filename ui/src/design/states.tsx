import { Alert, Code, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ApiError } from '../../../src/server/contract/index.js'
import { ApiFailure } from '../api/client.js'
import { CodeWords } from './code/code-words.js'

/** file:line:column, as editors and terminals take it. */
export const placeOf = (error: ApiError | undefined) =>
  error?.at ? [error.at.file, error.at.line, error.at.column].filter((part) => part !== undefined).join(':') : undefined

export interface PlacedProblem {
  readonly message: string
  readonly file: string
  /** Both from 1. */
  readonly line?: number
  readonly column?: number
}

/** All that is wrong with a file, of an error that tells more than one thing. */
export const problemsIn = ({ data }: ApiError): readonly PlacedProblem[] =>
  Array.isArray(data?.problems) ? (data.problems as readonly PlacedProblem[]) : []

export const firstLine = (text: string) => text.split('\n')[0] ?? ''

export const asApiError = (thrown: unknown): ApiError =>
  thrown instanceof ApiFailure
    ? thrown.error
    : { code: 'UNEXPECTED', kind: 'bug', retryable: true, message: String(thrown) }

/** What, where, how to mend. */
export function ErrorBox({ error }: { error: ApiError }) {
  const place = placeOf(error)
  const rest = error.message.split('\n').slice(1).join('\n').trim()
  return (
    <Alert
      color="red"
      variant="default"
      role="alert"
      icon={<IconAlertCircle size={18} color="var(--status-bad)" aria-hidden />}
      title={<CodeWords text={firstLine(error.message)} />}
      styles={{
        root: { borderColor: 'var(--line)', borderLeft: '3px solid var(--status-bad)', background: 'var(--panel)' },
        // Code of a file is wide: it scrolls, and does not widen the box. What is said of it is wrapped.
        body: { minWidth: 0 },
        title: { color: 'var(--ink)', fontWeight: 600, overflowWrap: 'anywhere' },
      }}
    >
      <Stack gap={6}>
        {place && (
          <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
            at {place}
          </Text>
        )}
        {rest !== '' && (
          <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {rest}
          </Code>
        )}
        {error.frame && (
          <Code block tabIndex={0}>
            {error.frame}
          </Code>
        )}
        {error.hint && (
          <Text size="sm">
            <b>What to do:</b> <CodeWords text={error.hint} />
          </Text>
        )}
        <Text size="xs" c="dimmed" ff="monospace">
          {error.code}
        </Text>
      </Stack>
    </Alert>
  )
}

/** A query's data, the shape of it while it comes, or why it did not. What is known stays while a newer answer fails. */
export function Loaded<T>({
  query,
  children,
  skeleton,
}: {
  query: UseQueryResult<T>
  children: (data: T) => ReactNode
  /** The shape of what comes; lines without it. */
  skeleton?: ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  const error = query.error ? asApiError(query.error) : undefined
  if (error && error.code !== 'SERVER_NOT_READY') return <ErrorBox error={error} />
  return (
    <div aria-busy="true" role="status" aria-label="Loading">
      {error && (
        <Text c="dimmed" mb="md">
          The engine is reading the project; the page fills itself as soon as it is known.
        </Text>
      )}
      {skeleton ?? <Lines />}
    </div>
  )
}

const numbered = (length: number) => Array.from({ length }, (_, index) => index)

export function Lines({ number = 4, height = 20 }: { number?: number; height?: number }) {
  return (
    <Stack gap="xs">
      {numbered(number).map((line) => (
        <Skeleton key={line} height={height} width={`${[92, 100, 74, 86][line % 4]}%`} />
      ))}
    </Stack>
  )
}

/** Rows of a table that is still coming. */
export function TableShape({ rows = 6 }: { rows?: number }) {
  return (
    <Stack gap={0}>
      {numbered(rows).map((row) => (
        <div
          key={row}
          style={{ display: 'flex', gap: 24, padding: '11px 12px', borderBottom: '1px solid var(--line)' }}
        >
          <Skeleton height={14} width="28%" />
          <Skeleton height={14} width="14%" />
          <Skeleton height={14} width="36%" />
          <Skeleton height={14} width="10%" ml="auto" />
        </div>
      ))}
    </Stack>
  )
}

/** Nothing here yet, and what to do about it. */
export function Empty({ title, children, icon }: { title: string; children?: ReactNode; icon?: ReactNode }) {
  return (
    <Stack gap={8} py={40} px="md" align="center" ta="center">
      {icon}
      <Title order={2} size="h3">
        {title}
      </Title>
      {children && (
        <Text c="dimmed" component="div" maw={560}>
          {children}
        </Text>
      )}
    </Stack>
  )
}
