import { Anchor, Box, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { selectionWord } from '../../../../src/server/contract/selection.js'
import { Status } from '../../design/status.js'
import { count } from '../../design/text/time.js'
import type { FoldedGroup } from './fold.js'
import { shownNames } from './select.js'

const lineHeight = 28
const byName = new Intl.Collator('en', { numeric: true })

/** A group with more assets than a graph can show: found by name, and looked at with what is near. */
export function MembersPanel({ group, onPick }: { group: FoldedGroup; onPick: (key: string) => void }) {
  const [text, setText] = useState('')
  const box = useRef<HTMLDivElement>(null)
  const sorted = useMemo(() => [...group.assets].sort((a, b) => byName.compare(a.key, b.key)), [group.assets])
  const nameOf = useMemo(() => shownNames(group.assets.map(({ key }) => key)), [group.assets])
  const found = sorted.filter((asset) => asset.key.toLowerCase().includes(text.toLowerCase()))
  const lines = useVirtualizer({
    count: found.length,
    getScrollElement: () => box.current,
    estimateSize: () => lineHeight,
    overscan: 10,
  })
  return (
    <Stack gap="xs" h="100%">
      <Title order={4}>{group.group}</Title>
      <Text size="sm">
        {count(group.assets.length)} assets are too many to draw at once. Pick one to see it with its neighbours, or
        filter, for instance <code>group:{selectionWord(group.group)},tag:…</code>
      </Text>
      <TextInput
        size="xs"
        aria-label={`Search in ${group.group}`}
        placeholder={`Search in ${count(group.assets.length)} assets`}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Box ref={box} flex={1} mih={200} style={{ overflow: 'auto' }}>
        <Box h={lines.getTotalSize()} pos="relative">
          {lines.getVirtualItems().map((line) => {
            const asset = found[line.index]
            return (
              asset && (
                <Group
                  key={asset.key}
                  pos="absolute"
                  top={line.start}
                  h={lineHeight}
                  w="100%"
                  gap="xs"
                  wrap="nowrap"
                  justify="space-between"
                >
                  <Anchor component="button" size="sm" ta="left" truncate onClick={() => onPick(asset.key)}>
                    {nameOf(asset.key)}
                  </Anchor>
                  <Status value={asset.health} />
                </Group>
              )
            )
          })}
        </Box>
      </Box>
    </Stack>
  )
}
