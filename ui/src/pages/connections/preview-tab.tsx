import { Checkbox, Group, Select, Stack } from '@mantine/core'
import { useState } from 'react'
import type { ConnectionDetail, StreamPreviewView } from '../../../../src/server/contract/index.js'
import { post, segment } from '../../api/client.js'
import { StreamPreview } from '../../design/connections/stream-preview.js'

/** What the source asks its API for a stream, and what comes. */
export function PreviewTab({ connection: { name, streams } }: { connection: ConnectionDetail }) {
  const [chosen, setChosen] = useState(streams[0]?.name ?? '')
  const [fromStart, setFromStart] = useState(false)
  return (
    <Stack gap="md">
      <Group gap="md" align="end">
        <Select
          size="sm"
          label="Stream"
          w={320}
          maw="100%"
          searchable
          allowDeselect={false}
          data={streams.map((stream) => stream.name)}
          value={chosen}
          onChange={(stream) => stream !== null && setChosen(stream)}
        />
        <Checkbox
          label="From the start"
          checked={fromStart}
          onChange={(event) => setFromStart(event.currentTarget.checked)}
          mb={8}
        />
      </Group>
      <StreamPreview
        key={`${chosen} ${fromStart}`}
        likeWhat={fromStart ? 'first' : 'next'}
        load={() => post<StreamPreviewView>(`/connections/${segment(name)}/preview`, { stream: chosen, fromStart })}
      />
    </Stack>
  )
}
