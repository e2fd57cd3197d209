import { Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** What goes on all the same, and should not stay so. */
export const Warning = ({ children, role }: { children: ReactNode; role?: 'status' }) => (
  <Text size="sm" role={role} style={{ overflowWrap: 'anywhere' }}>
    <IconAlertTriangle size={14} color="var(--status-warn)" style={{ verticalAlign: '-2px' }} aria-hidden /> {children}
  </Text>
)
