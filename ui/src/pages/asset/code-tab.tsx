import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { AssetDetail, CodeChanges } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { Code } from '../../design/code/code-panel.js'
import { DiffText } from '../../design/code/diff-text.js'

/** What a person wrote, and beside it what the warehouse was sent. */
export function CodeTab({ asset }: { asset: AssetDetail }) {
  const { code, compiledCode, source } = asset
  if (!code) return null
  const isSql = code.language === 'sql'
  const written = {
    title: 'Written',
    note: source?.file ?? '',
    text: code.text,
    language: isSql ? ('sql' as const) : undefined,
  }
  return (
    <Stack gap="sm">
      <Code
        sides={
          compiledCode === undefined
            ? [written]
            : [
                written,
                { title: 'Compiled', note: 'as the warehouse was sent it', text: compiledCode, language: 'sql' },
              ]
        }
      />
      {compiledCode === undefined && isSql && (
        <Text size="sm" c="dimmed">
          The compiled SQL stands here once it ran; <code>millrace dbt compile</code> writes it to target/compiled, too.
        </Text>
      )}
      {compiledCode !== undefined && asset.origin?.uniqueId !== undefined && <Changes assetKey={asset.key} />}
    </Stack>
  )
}

/** What the next run would do otherwise; nothing where that is nothing, or cannot be said. */
function Changes({ assetKey }: { assetKey: string }) {
  const changes = useQuery({
    queryKey: ['code-changes', assetKey],
    queryFn: () => get<CodeChanges>(`/assets/${segment(assetKey)}/code-changes`),
    retry: false,
  })
  const lines = changes.data?.lines ?? []
  if (lines.length === 0) return null
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600}>
        Changed since it last ran
      </Text>
      <DiffText lines={lines} label="Changed since it last ran" />
    </Stack>
  )
}
