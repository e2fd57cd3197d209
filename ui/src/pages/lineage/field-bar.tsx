import { CloseButton, Code, Group, Paper, Text } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'

/** Says which field is followed, what could not be followed, and ends it. */
export function FieldBar({ field, notes, onEnd }: { field: string; notes: readonly string[]; onEnd: () => void }) {
  return (
    <Paper withBorder px="sm" py={6} role="status">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <IconRoute size={16} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
        <Text size="sm" flex={1} miw={0} style={{ overflowWrap: 'anywhere' }}>
          Only what <Code>{field}</Code> is made of, what is made of it, and whose rows it decides over; each card names
          the columns on the way.{' '}
          {notes.length > 0 && (
            <Text span inherit c="dimmed">
              {notes.join(' ')}
            </Text>
          )}
        </Text>
        <CloseButton size="sm" aria-label="Show everything again" onClick={onEnd} />
      </Group>
    </Paper>
  )
}
