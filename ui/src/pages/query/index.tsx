import { Button, Group, Stack, Text, Textarea, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiTable } from '../../../../src/server/contract/index.js'
import { ApiFailure, post } from '../../api/client.js'
import { DataTable } from '../../design/data-table.js'
import { ErrorBox } from '../../design/states.js'

export function QueryPage() {
  const [sql, setSql] = useState('select * from information_schema.tables limit 20')
  const run = useMutation({ mutationFn: () => post<ApiTable>('/query', { sql, limit: 500 }) })
  return (
    <Stack>
      <Title order={2}>Query</Title>
      <Textarea
        aria-label="SQL"
        autosize
        minRows={5}
        maxRows={16}
        value={sql}
        onChange={(event) => setSql(event.currentTarget.value)}
        styles={{ input: { fontFamily: 'monospace' } }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run.mutate()
        }}
      />
      <Group>
        <Button size="xs" loading={run.isPending} onClick={() => run.mutate()}>
          Run (Ctrl Enter)
        </Button>
        <Text size="sm" c="dimmed">
          Read-only.
          {run.data
            ? ` ${run.data.rows.length} rows in ${Math.round(run.data.durationMs)} ms${run.data.truncated ? ', more were cut' : ''}.`
            : ''}
        </Text>
      </Group>
      {run.error instanceof ApiFailure && <ErrorBox error={run.error.error} />}
      {run.data && <DataTable table={run.data} />}
    </Stack>
  )
}
