import type { ConnectionSpec, Definitions, PlannedStep } from '../../src/orchestrate/index.js'
import type { openAccessTests } from './open-access.js'

type Server = Awaited<ReturnType<Awaited<ReturnType<typeof openAccessTests>>['open']>>

export const connection = (name: string, more: Partial<ConnectionSpec> = {}): ConnectionSpec => ({
  name,
  file: `extract_load/${name}.yaml`,
  sourceConnector: 'postgres',
  destinationConnector: 'warehouse',
  destinationSchema: 'raw',
  yaml: `name: ${name}\nsource: { connector: postgres, config: { host: db.example, password: "\${PASSWORD}" } }\ndestination: { connector: warehouse, schema: raw, prefix: p_ }\nstreams:\n  orders: { fields: [id, total] }\n`,
  step: `sync:${name}`,
  streams: [
    {
      name: 'orders',
      asset: `raw/${name}_orders`,
      syncMode: 'incremental',
      destinationSyncMode: 'append_dedup',
      cursorField: ['at'],
      primaryKey: [['id']],
    },
  ],
  schemaChanges: 'pause',
  ...more,
})

/** What an engine would publish of these connections. */
export const definitionsOf = (connections: readonly ConnectionSpec[], version = 'v1'): Definitions => ({
  project: 'test',
  projectDir: '/nowhere',
  loadedAt: '2026-01-01T00:00:00.000Z',
  version,
  assets: connections.flatMap(({ name, step, streams }) =>
    streams.map(({ asset }) => ({
      key: asset,
      kinds: ['stream'],
      group: name,
      description: '',
      owners: [],
      tags: [],
      deps: [],
      columns: [],
      isExecutable: true,
      step,
      relation: { schema: asset.split('/')[0] as string, identifier: asset.split('/')[1] as string },
    })),
  ),
  checks: [],
  steps: [],
  schedules: connections.flatMap(({ file, schedule }) =>
    schedule
      ? [
          {
            ...schedule,
            target: '*',
            description: '',
            catchUp: 'latest' as const,
            overlap: 'skip' as const,
            isOnByDefault: true,
            source: { file },
          },
        ]
      : [],
  ),
  sensors: [],
  automations: [],
  connections,
  problems: [],
})

export const syncStep = (name: string): PlannedStep => ({
  key: `sync:${name}`,
  kind: 'sync',
  assets: [`raw/${name}_orders`],
  checks: [],
  upstream: [],
})

/** Takes the next run and starts it, as an engine would. */
export async function startNext({ store }: Server, steps: readonly PlannedStep[]) {
  const [claimed] = await store.claimRuns('a:1', 60_000, { most: 1 })
  if (!claimed) throw new Error('Nothing to claim')
  const { lease, run } = claimed
  await store.startRun(lease, steps)
  const change = (key: string, status: 'running' | 'retrying' | 'succeeded' | 'failed') =>
    store.record(lease, {
      events: [],
      steps: [
        {
          key,
          status,
          ...(status === 'running' ? { startedAt: new Date().toISOString() } : {}),
          ...(status === 'succeeded' || status === 'failed' ? { endedAt: new Date().toISOString() } : {}),
        },
      ],
    })
  const loaded = (key: string, asset: string, rows: number, bytes: number) =>
    store.record(lease, {
      events: [
        { type: 'asset_materialized', step: key, asset, metadata: { rows_committed: rows, bytes_read: bytes } },
        { type: 'log', step: key, level: 'info', message: `${rows} rows` },
      ],
      steps: [],
    })
  return { lease, run, change, loaded, end: (status: 'succeeded' | 'failed') => store.endRun(lease, status) }
}
