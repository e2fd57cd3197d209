import { Button, Group, Stack, Text } from '@mantine/core'
import type { ConnectorManifest } from '../../../../src/server/contract/index.js'
import { Code } from '../../design/code/code-panel.js'
import { Section } from '../../design/page.js'

/** The file says something else than when this page read it: both are shown, and nothing is lost before somebody chooses. */
export function ChangedMeanwhile({
  mine,
  theirs,
  isSaving,
  onTake,
  onOverwrite,
}: {
  mine: string
  theirs: ConnectorManifest
  isSaving: boolean
  onTake: () => void
  /** Undefined where mine cannot be saved. */
  onOverwrite: (() => void) | undefined
}) {
  return (
    <Section title="Somebody else changed the file">
      <Stack gap="sm">
        <Text size="sm">
          <code>{theirs.file}</code> was changed since this page read it. Nothing of yours was written.
        </Text>
        <details>
          <summary>Both texts</summary>
          <Code
            sides={[
              { title: 'Yours', note: 'on this page', text: mine, language: 'yaml' },
              { title: 'The file', note: 'as it is now', text: theirs.yaml, language: 'yaml' },
            ]}
          />
        </details>
        <Group gap="xs">
          <Button variant="default" onClick={onTake}>
            Take the file, drop mine
          </Button>
          <Button color="red.8" disabled={!onOverwrite} loading={isSaving} onClick={onOverwrite}>
            Save mine over it
          </Button>
        </Group>
      </Stack>
    </Section>
  )
}
