import { Button, CopyButton, Group, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'

const CodeEditor = lazy(async () => ({ default: (await import('./code-editor.js')).CodeEditor }))

export interface CodeSide {
  readonly title: string
  readonly note: string
  readonly text: string
  /** Plain text without it. */
  readonly language?: 'sql' | 'yaml' | undefined
}

/** Code to read, one text or two beside each other. */
export function Code({ sides }: { sides: readonly CodeSide[] }) {
  return (
    <SimpleGrid cols={{ base: 1, lg: sides.length }} spacing="md">
      {sides.map((side) => (
        <Side key={side.title} {...side} />
      ))}
    </SimpleGrid>
  )
}

function Side({ title, note, text, language }: CodeSide) {
  return (
    <Stack gap={6} miw={0}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600} truncate>
          {title}{' '}
          <Text span size="sm" c="dimmed" fw={400}>
            {note}
          </Text>
        </Text>
        <CopyButton value={text} timeout={1500}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              size="compact-xs"
              leftSection={copied ? <IconCheck size={13} aria-hidden /> : <IconCopy size={13} aria-hidden />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Suspense fallback={<Skeleton height={240} />}>
        <CodeEditor label={`${title} code`} value={text.trimEnd()} language={language} maxHeight="70vh" />
      </Suspense>
    </Stack>
  )
}
