import { Button, CopyButton, Group, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import type { AssetDetail } from '../../../../src/server/contract/index.js'

const CodeEditor = lazy(async () => ({ default: (await import('../../design/code-editor.js')).CodeEditor }))

/** What a person wrote, and beside it what the warehouse was sent. */
export function CodeTab({ asset }: { asset: AssetDetail }) {
  const { code, compiledCode, source } = asset
  if (!code) return null
  const isDbt = code.language === 'sql'
  return (
    <SimpleGrid cols={{ base: 1, lg: compiledCode === undefined ? 1 : 2 }} spacing="md">
      <Side title="Written" note={source?.file ?? ''} text={code.text} isSql={isDbt} />
      {compiledCode === undefined ? (
        isDbt && (
          <Text size="sm" c="dimmed">
            The compiled SQL stands here once it ran; <code>millrace dbt compile</code> writes it to target/compiled,
            too.
          </Text>
        )
      ) : (
        <Side title="Compiled" note="as the warehouse was sent it" text={compiledCode} isSql />
      )}
    </SimpleGrid>
  )
}

function Side({ title, note, text, isSql }: { title: string; note: string; text: string; isSql: boolean }) {
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
        <CodeEditor label={`${title} code`} value={text.trimEnd()} isSql={isSql} maxHeight="70vh" />
      </Suspense>
    </Stack>
  )
}
