import { Link } from '@tanstack/react-router'
import type { Health } from '../../../src/server/contract/index.js'
import { slotsWords } from '../design/runs/run-words.js'
import { Status, StatusIcon } from '../design/status.js'
import { exactTime } from '../design/text/time.js'
import { To } from '../design/text/to.js'
import classes from './shell.module.css'

/** How many runs go on, wherever one is; nothing while nothing does. */
export function QueuePill({ health: { queue } }: { health: Health }) {
  if (!queue || queue.running + queue.queued === 0) return null
  const words = [queue.running > 0 && `${queue.running} running`, queue.queued > 0 && `${queue.queued} queued`]
    .filter(Boolean)
    .join(', ')
  return (
    <Link
      to="/runs"
      search={{ status: 'queued,starting,running,cancelling' }}
      className={classes.queue}
      aria-label={words}
    >
      <StatusIcon value={queue.running > 0 ? 'running' : 'queued'} size={14} />
      <span className={classes.queueLong}>{words}</span>
    </Link>
  )
}

/** Whether each part of the installation works. */
export function HealthSummary({ health, isConnected }: { health: Health | undefined; isConnected: boolean }) {
  const parts = health && [
    {
      name: 'Engine',
      what: 'answers this server: models, connections, SQL console',
      status: isConnected ? health.engine.status : 'unknown',
      title: health.engine.message ?? (health.engine.pid ? `process ${health.engine.pid}` : undefined),
    },
    {
      name: 'Workers',
      what: 'execute or launch runs, on whatever machines',
      status: isConnected && health.slots ? (health.slots.workers > 0 ? 'up' : 'down') : 'unknown',
      title: health.slots && slotsWords(health.slots),
    },
    {
      name: 'Daemon',
      what: 'fires schedules and sensors, in the server or beside it',
      status: isConnected ? health.daemon.status : 'unknown',
      title: health.daemon.lastLoopAt && `last round ${exactTime(health.daemon.lastLoopAt)}`,
    },
    {
      name: 'Store',
      what: 'keeps runs, events and ticks',
      status: isConnected ? health.store.status : 'unknown',
      title: health.store.message,
    },
  ]
  return (
    <section aria-label="Installation">
      <dl className={classes.health}>
        <div className={classes.healthRow} title="Server: serves these pages and the API">
          <dt>Server</dt>
          <dd>
            <Status value={isConnected ? 'up' : 'down'} />
          </dd>
        </div>
        {parts?.map(({ name, what, status, title }) => (
          <div key={name} className={classes.healthRow} title={[`${name}: ${what}`, title].filter(Boolean).join('\n')}>
            <dt>{name}</dt>
            <dd>
              <Status value={status} />
            </dd>
          </div>
        ))}
      </dl>
      <div className={classes.version}>
        {health?.version ? `Millrace ${health.version}` : 'Millrace'} ·{' '}
        <To to="/deployment" inherit>
          Deployment
        </To>
      </div>
    </section>
  )
}
