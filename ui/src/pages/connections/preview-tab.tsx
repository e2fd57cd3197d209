import { Select, Stack } from '@mantine/core'
import { useState } from 'react'
import type { ConnectionDetail, StreamPreviewView } from '../../../../src/server/contract/index.js'
import { post, segment } from '../../api/client.js'
import { Needs } from '../../design/needs.js'
import { StreamPreview } from '../../design/stream-preview.js'

/** What the source asks its API for a stream, and what comes. */
export function PreviewTab({ connection: { name, streams } }: { connection: ConnectionDetail }) {
  const [chosen, setChosen] = useState(streams[0]?.name ?? '')
  return (
    <Needs least="editor">
      <Stack gap="md">
        <Select
          size="sm"
          label="Stream"
          maw={320}
          searchable
          allowDeselect={false}
          data={streams.map((stream) => stream.name)}
          value={chosen}
          onChange={(stream) => stream !== null && setChosen(stream)}
        />
        <StreamPreview
          key={chosen}
          load={() => post<StreamPreviewView>(`/connections/${segment(name)}/preview`, { stream: chosen })}
        />
      </Stack>
    </Needs>
  )
}
