import { Button, Code, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import type { AssetDetail } from '../../../../src/server/contract/index.js'

export function CodeTab({ asset }: { asset: AssetDetail }) {
  const [isCompiled, setCompiled] = useState(false)
  return (
    <Stack gap="xs">
      {asset.compiledCode && (
        <Group>
          <Button size="xs" variant="default" onClick={() => setCompiled(!isCompiled)}>
            {isCompiled ? 'Show source' : 'Show compiled SQL'}
          </Button>
        </Group>
      )}
      <Code block>{isCompiled ? asset.compiledCode : asset.code?.text}</Code>
    </Stack>
  )
}
