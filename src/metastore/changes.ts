import { createHash } from 'node:crypto'
import pg, { type PoolClient } from 'pg'
import { systemClock } from '../base/index.js'
import type { StoreChange } from '../orchestrate/index.js'

/** Listening again after the connection was lost. */
const relistenMs = 500

/** Where changes are told: all of them, and those that workers wait for, who would else be woken by each other's every write. */
export type Channels = Readonly<Record<'everything' | 'work', string>>

export function channelsOf(schema: string): Channels {
  const channel = schema === 'public' ? 'millrace' : schema
  // A channel's name has 63 bytes at most, and so may a schema's.
  const short = createHash('sha256').update(channel).digest('hex').slice(0, 16)
  return { everything: channel, work: `millrace_work_${short}` }
}

/** Tells everybody who listens, once the transaction is committed. */
export async function tell(
  client: PoolClient,
  { everything, work }: Channels,
  changes: readonly StoreChange[],
): Promise<void> {
  const told = changes.flatMap((change) => [
    [everything, change] as const,
    ...(isWork(change) ? [[work, change] as const] : []),
  ])
  await client.query('select pg_notify(channel, change) from unnest($1::text[], $2::text[]) as t (channel, change)', [
    told.map(([channel]) => channel),
    told.map(([, change]) => JSON.stringify(change)),
  ])
}

interface Listening {
  readonly config: pg.ClientConfig
  /** What the connection could not say when it was opened. */
  readonly settle: (client: pg.Client) => Promise<void>
  readonly channel: string
  /** How often it is asked whether the server is still there, and how long that may take, which is less. */
  readonly askEveryMs: number
  readonly answerMs: number
}

/** Calls back on every change until the signal aborts; what is told while the connection is down is lost. */
export async function listen(
  { config, settle, channel, askEveryMs, answerMs }: Listening,
  onChange: (change: StoreChange) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const client = new pg.Client({ ...config, query_timeout: answerMs })
    let asking: NodeJS.Timeout | undefined
    let leave = () => {}
    const ended = new Promise<void>((resolve) => {
      leave = resolve
      client.on('error', () => resolve())
      client.on('end', () => resolve())
    })
    signal.addEventListener('abort', leave, { once: true })
    client.on('notification', ({ payload }) => {
      for (const change of changesIn(payload)) onChange(change)
    })
    try {
      await client.connect()
      await settle(client)
      await client.query(`listen ${client.escapeIdentifier(channel)}`)
      // Nobody who only listens would ever notice that there is nobody any more.
      asking = setInterval(() => void client.query('select 1').catch(leave), askEveryMs)
      await ended
    } catch {
      // The next round tries again.
    } finally {
      clearInterval(asking)
      signal.removeEventListener('abort', leave)
      await client.end().catch(() => {})
    }
    await systemClock.sleep(relistenMs, { signal }).catch(() => {})
  }
}

/** The same is said in SQL where events are appended. */
const isWork = (change: StoreChange) =>
  change.type === 'run' && (change.status === 'queued' || change.status === 'cancelling')

/** One change, or several in one message. */
function changesIn(message: string | undefined): readonly StoreChange[] {
  const told = JSON.parse(message ?? '[]') as StoreChange | readonly StoreChange[]
  return Array.isArray(told) ? told : [told as StoreChange]
}
