import { Stack, Text } from '@mantine/core'
import type { AssetDetail } from '../../../../src/server/contract/index.js'
import { Code } from '../../design/code-panel.js'

/** What a person wrote, and beside it what the warehouse was sent. */
export function CodeTab({ asset }: { asset: AssetDetail }) {
  const { code, compiledCode, source } = asset
  if (!code) return null
  const isSql = code.language === 'sql'
  const written = { title: 'Written', note: source?.file ?? '', text: code.text, isSql }
  return (
    <Stack gap="sm">
      <Code
        sides={
          compiledCode === undefined
            ? [written]
            : [written, { title: 'Compiled', note: 'as the warehouse was sent it', text: compiledCode, isSql: true }]
        }
      />
      {compiledCode === undefined && isSql && (
        <Text size="sm" c="dimmed">
          The compiled SQL stands here once it ran; <code>millrace dbt compile</code> writes it to target/compiled, too.
        </Text>
      )}
    </Stack>
  )
}
