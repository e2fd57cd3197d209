import { Text } from '@mantine/core'
import type { ConnectionDetail } from '../../../../src/server/contract/index.js'
import { selectionWord } from '../../../../src/server/contract/selection.js'
import { Ago, brief, bytes, clockTime, count, exactTime, plural, zoneName } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './connections.module.css'
import { timesThere } from './remote-link.js'
import { ScheduleSwitch } from './schedule-switch.js'

const policies: Readonly<Record<string, readonly [string, string]>> = {
  ignore: ['ignored', 'Tables stay as they are.'],
  pause: ['pause the stream', 'A stream stops until its change is accepted.'],
  propagate_columns: ['propagated', 'Tables follow new columns and types.'],
  propagate_fully: ['propagated, also streams', 'Tables follow, and new streams are loaded where the file names none.'],
}

/** The connection at a glance. */
export function Facts({ connection }: { connection: ConnectionDetail }) {
  const { syncs, next, late, schedule, streams, downstream, schemaPolicy = '', remote } = connection
  const there = remote && timesThere(remote)
  const rows = streams.reduce((sum, stream) => sum + (stream.rows ?? 0), 0)
  const [last] = syncs
  const policy = policies[schemaPolicy]
  return (
    <dl className={classes.facts}>
      <div>
        <dt>Last sync</dt>
        <dd>
          {last ? (
            <To to="/runs/$id" params={{ id: last.runId }} c="inherit">
              <Ago at={last.endedAt} />
            </To>
          ) : (
            <Ago at={connection.lastSyncAt} />
          )}
          {late && (
            <Text size="xs" c="dimmed" title={exactTime(late.dueAt)}>
              late: {late.by} was due {clockTime(late.dueAt)}
            </Text>
          )}
        </dd>
      </div>
      <div>
        <dt>It brought</dt>
        <dd className="digits">{last ? `${count(last.rows)} rows, ${bytes(last.bytes)} read` : 'nothing yet'}</dd>
      </div>
      <div>
        <dt>Next sync</dt>
        <dd>
          {next ? (
            <>
              <Ago at={next.at} />
              <Text size="xs" c="dimmed" title={exactTime(next.at, next.timezone)}>
                by {next.by}, {clockTime(next.at)} {zoneName(next.at)}
              </Text>
            </>
          ) : (
            (there ?? 'by hand only')
          )}
          {there !== undefined && (
            <Text size="xs" c="dimmed">
              {next ? `and ${there}, ` : ''}by {remote?.server} itself
            </Text>
          )}
          {schedule && <ScheduleSwitch schedule={schedule} />}
        </dd>
      </div>
      {/* How many there are another server does not tell. */}
      {!remote && (
        <div>
          <dt>{connection.destinationSchema === undefined ? 'Rows' : 'Rows in the warehouse'}</dt>
          <dd className="digits" title={count(rows)}>
            {brief(rows)}
          </dd>
        </div>
      )}
      {policy && (
        <div>
          <dt>Schema changes</dt>
          <dd title={policy[1]}>{policy[0]}</dd>
        </div>
      )}
      <div>
        <dt>Downstream</dt>
        <dd className="digits">
          <To to="/lineage" search={{ q: `group:${selectionWord(connection.name)}` }}>
            {downstream === 0 ? 'nothing' : plural(downstream, 'asset')}
          </To>
        </dd>
      </div>
    </dl>
  )
}
