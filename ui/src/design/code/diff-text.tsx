import { Box, Text } from '@mantine/core'
import type { DiffLineView } from '../../../../src/server/contract/index.js'

const colours: Readonly<Record<string, string>> = { '+': 'var(--status-good)', '-': 'var(--status-bad)' }

/** How a text becomes another, line by line; each line begins with its sign. */
export function DiffText({ lines, label }: { lines: readonly DiffLineView[]; label: string }) {
  return (
    <Box
      component="pre"
      m={0}
      p="sm"
      fz={12}
      tabIndex={0}
      aria-label={label}
      style={{ overflow: 'auto', border: '1px solid var(--line)', borderRadius: 4, background: 'var(--panel)' }}
    >
      {lines.map(({ sign, text }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines stand in one order
        <Text key={i} span display="block" inherit c={colours[sign]}>
          {sign} {text}
        </Text>
      ))}
    </Box>
  )
}
