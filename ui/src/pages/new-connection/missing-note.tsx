import { Text } from '@mantine/core'

/** Says that a form cannot be sent yet. */
export function MissingNote({ missing }: { missing: readonly unknown[] }) {
  if (missing.length === 0) return null
  return (
    <Text size="sm" c="var(--status-bad)" role="alert">
      Something is needed in {missing.length === 1 ? 'one field' : `${missing.length} fields`}.
    </Text>
  )
}
