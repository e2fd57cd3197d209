import { Button, Group, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { AuditLog } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { Section } from '../../design/page.js'
import { asApiError, Empty, ErrorBox, TableShape } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Ago } from '../../design/text/time.js'

type Entry = AuditLog['entries'][number]

/** What was changed, by whom, and who logged in. */
export function AuditTab() {
  const query = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => get<AuditLog>(`/audit?limit=100${pageParam ? `&before=${pageParam}` : ''}`),
    initialPageParam: 0,
    getNextPageParam: (page) => (page.hasMore ? page.entries.at(-1)?.id : undefined),
  })
  const entries = query.data?.pages.flatMap((page) => page.entries)
  return (
    <Section
      title="Audit log"
      isFlush
      aside={
        <Button
          variant="default"
          size="compact-xs"
          loading={query.isRefetching && !query.isFetchingNextPage}
          onClick={() => void query.refetch()}
        >
          Reload
        </Button>
      }
    >
      {query.error && <ErrorBox error={asApiError(query.error)} />}
      {!entries && !query.error && <TableShape rows={8} />}
      {entries?.length === 0 && <Empty title="Nothing was changed yet" />}
      {entries && entries.length > 0 && (
        <DataGrid
          label="Audit log"
          hasTools
          columns={columns}
          rows={entries}
          rowKey={(entry) => String(entry.id)}
          minWidth={900}
        />
      )}
      {query.hasNextPage && (
        <Group justify="center" p="xs" style={{ borderTop: '1px solid var(--line)' }}>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Older
          </Button>
        </Group>
      )}
    </Section>
  )
}

const wentWell = (outcome: string) => outcome === 'ok' || /^[23]/.test(outcome)

const columns: readonly GridColumn<Entry>[] = [
  { key: 'at', title: 'When', value: (entry) => entry.at, cell: (entry) => <Ago at={entry.at} /> },
  {
    key: 'actor',
    title: 'Who',
    width: 180,
    value: (entry) => entry.actor,
    cell: (entry) => (
      <>
        {entry.actor}
        <Text size="xs" c="dimmed">
          {[entry.via === 'open' ? 'without login' : entry.via, entry.address].filter(Boolean).join(', ')}
        </Text>
      </>
    ),
  },
  { key: 'action', title: 'Did', value: (entry) => entry.action, cell: (entry) => entry.action, width: 220 },
  {
    key: 'what',
    title: 'What',
    value: (entry) => entry.what,
    cell: (entry) => <span title={entry.what}>{entry.what}</span>,
    isFlexible: true,
  },
  {
    key: 'outcome',
    title: 'Outcome',
    value: (entry) => entry.outcome,
    cell: (entry) => <Status value={wentWell(entry.outcome) ? 'succeeded' : 'failed'} label={entry.outcome} />,
  },
]
