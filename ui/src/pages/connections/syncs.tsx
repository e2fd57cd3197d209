import { Group, Text } from '@mantine/core'
import type { ConnectionDetail, SyncView } from '../../../../src/server/contract/index.js'
import { Strip } from '../../design/runs/strip.js'
import { Empty, firstLine, placeOf } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, duration, exactTime, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './connections.module.css'

const listed = 10

/** The last syncs as bars (as high as the rows they brought; what failed is seen before it is measured), and in words. */
export function Syncs({ connection: { syncs } }: { connection: ConnectionDetail }) {
  if (syncs.length === 0) return <Empty title="No sync yet">Sync now, and the first one appears here.</Empty>
  const most = Math.max(1, ...syncs.map((sync) => sync.rows))
  return (
    <>
      <Group gap="md" px="md" pt="md" pb="xs" wrap="nowrap">
        <Strip
          label="The last syncs, oldest first"
          marks={[...syncs].reverse().map((sync) => ({
            key: sync.runId,
            status: sync.status,
            title: `${sync.status}, ${plural(sync.rows, 'row')}, ${exactTime(sync.endedAt)}`,
            runId: sync.runId,
            height: sync.status === 'failed' ? 1 : sync.rows / most,
          }))}
        />
        <Text size="sm" c="dimmed">
          last {syncs.length} {syncs.length === 1 ? 'sync' : 'syncs'}; as high as the rows of each; failed ones in full
        </Text>
      </Group>
      {syncs.slice(0, listed).map((sync) => (
        <SyncLine key={sync.runId} sync={sync} />
      ))}
    </>
  )
}

function SyncLine({ sync }: { sync: SyncView }) {
  return (
    <div className={classes.sync}>
      <Status value={sync.status} />
      <Ago at={sync.endedAt} />
      <Text size="sm" c="dimmed" className="digits">
        {duration(sync.startedAt, sync.endedAt)}
      </Text>
      <div>
        {sync.streams
          .filter((stream) => stream.error)
          .map((stream) => (
            <Text key={stream.name} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {stream.name}: {firstLine(stream.error?.message ?? '')}
              {stream.error?.at && ` (${placeOf(stream.error)})`}
            </Text>
          ))}
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {sync.streams
            .filter((stream) => !stream.error)
            .map((stream) => `${stream.name}: ${stream.note ?? plural(stream.rows, 'row')}`)
            .join(' · ')}
        </Text>
      </div>
      <To to="/runs/$id" params={{ id: sync.runId }} size="sm">
        log
      </To>
    </div>
  )
}
