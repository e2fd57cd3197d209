import { Badge } from '@mantine/core'

interface Look {
  readonly icon: string
  readonly color: string
}
const looks: Readonly<Record<string, Look>> = {
  fresh: { icon: '✓', color: 'green' },
  succeeded: { icon: '✓', color: 'green' },
  passed: { icon: '✓', color: 'green' },
  requested: { icon: '✓', color: 'green' },
  running: { icon: '▶', color: 'blue' },
  starting: { icon: '▶', color: 'blue' },
  retrying: { icon: '↻', color: 'blue' },
  stale: { icon: '◷', color: 'yellow' },
  warning: { icon: '!', color: 'yellow' },
  warned: { icon: '!', color: 'yellow' },
  failed: { icon: '✕', color: 'red' },
  cancelled: { icon: '■', color: 'gray' },
  cancelling: { icon: '■', color: 'gray' },
}

/** A status as icon, word and colour: never colour alone. */
export function Status({ value, title }: { value: string; title?: string | undefined }) {
  const { icon, color } = looks[value] ?? { icon: '○', color: 'gray' }
  return (
    <Badge
      variant="light"
      color={color}
      radius="sm"
      title={title}
      leftSection={<span aria-hidden>{icon}</span>}
      style={{ textTransform: 'none', overflow: 'visible', minWidth: 'max-content' }}
    >
      {value}
    </Badge>
  )
}

export const statusIcon = (value: string) => looks[value]?.icon ?? '○'
export const statusColor = (value: string) => `var(--mantine-color-${looks[value]?.color ?? 'gray'}-6)`
