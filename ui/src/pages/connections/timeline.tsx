import { Button, Code, Group, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { TimelineView } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { asApiError, Empty, ErrorBox, firstLine, Lines } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, duration } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './connections.module.css'

type Entry = TimelineView['entries'][number]

const titles: Readonly<Record<Entry['type'], string>> = {
  sync: 'Sync',
  refresh: 'Full refresh',
  clear: 'Clear',
  schema_changed: 'Source changed',
  created: 'Created',
  settings_changed: 'Settings changed',
  removed: 'Removed',
  schema_accepted: 'Changes accepted',
  schedule_turned_on: 'Schedule turned on',
  schedule_turned_off: 'Schedule turned off',
}

/** What happened to a connection, by whom, newest first. */
export function Timeline({ name }: { name: string }) {
  const query = useInfiniteQuery({
    queryKey: ['connection', name, 'timeline'],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      get<TimelineView>(
        `/connections/${segment(name)}/timeline${pageParam === '' ? '' : `?before=${encodeURIComponent(pageParam)}`}`,
      ),
    getNextPageParam: ({ next }) => next,
  })
  if (query.error) return <ErrorBox error={asApiError(query.error)} />
  if (!query.data) return <Lines number={4} />
  const entries = query.data.pages.flatMap((page) => page.entries)
  if (entries.length === 0) return <Empty title="Nothing happened yet" />
  return (
    <>
      <ol className={classes.timeline} aria-label="Timeline">
        {entries.map((entry) => (
          <TimelineEntry key={`${entry.at} ${entry.type} ${entry.sync?.runId ?? entry.message}`} entry={entry} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Group p="md">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Older
          </Button>
        </Group>
      )}
    </>
  )
}

function TimelineEntry({ entry }: { entry: Entry }) {
  const { sync, message } = entry
  return (
    <li className={classes.entry}>
      <Ago at={entry.at} />
      <div>
        <Text size="sm" fw={500}>
          {titles[entry.type]}
        </Text>
        <Text size="xs" c="dimmed">
          by {entry.by}
        </Text>
      </div>
      <div className={classes.what}>
        {sync && (
          <Group gap="xs">
            <Status value={sync.status} />
            <Text size="sm" c="dimmed" className="digits">
              {sync.endedAt && duration(entry.at, sync.endedAt)}
              {sync.attempts > 1 && ` · ${sync.attempts} attempts`}
            </Text>
          </Group>
        )}
        {entry.type === 'settings_changed' ? (
          <Code block fz="xs">
            {message}
          </Code>
        ) : (
          message !== '' && <Text size="sm">{firstLine(message)}</Text>
        )}
      </div>
      {sync ? (
        <To to="/runs/$id" params={{ id: sync.runId }} size="sm">
          log
        </To>
      ) : (
        <span />
      )}
    </li>
  )
}
