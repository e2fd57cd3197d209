// Compiled by `npm run check`, and never run: what has to compile, and, below each @ts-expect-error, what must not.
// `authoring-types.spec.ts` takes these lines away one by one, to see that each of them is needed.
import {
  asset,
  check,
  checks,
  defineProject,
  externalAsset,
  type IoManager,
  io,
  type MaterializationNews,
  type Metadata,
  mapping,
  multiAsset,
  onMaterialized,
  onRunStatus,
  partitions,
  resource,
  schedule,
  sensor,
  z,
} from '../src/index.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_isSame: Equal<A, B>) => {}

const daily = partitions.daily({ start: '2024-01-01' })

// Partitions: only an asset that has some is told of them.
const cut = asset('cut', { partitions: daily, run: ({ partition }) => ({ at: partition.window?.start, n: 1 }) })
const whole = asset('whole', { run: async () => [{ name: 'x', n: 1 }] })
// @ts-expect-error there is no partition of an asset without any
asset('x', { run: ({ partition }) => partition })
// @ts-expect-error a partition has a key, and no name
asset('x', { partitions: daily, run: ({ partition }) => partition.name })
// @ts-expect-error not a kind of partitions
asset('x', { partitions: 'daily', run: () => {} })
// @ts-expect-error days have no offset of weekdays
partitions.daily({ start: '2024-01-01', weekday: 1 })

// Dependencies.
asset('x', { deps: ['main/a', whole, { asset: cut, mapping: mapping.last() }], run: () => {} })
// @ts-expect-error a dependency is an asset or its key
asset('x', { deps: [7], run: () => {} })
// @ts-expect-error no such mapping
asset('x', { deps: [{ asset: cut, mapping: 'last' }], run: () => {} })

// Config.
const configured = asset('configured', {
  config: z.object({ days: z.number().default(7), region: z.enum(['eu', 'us']), at: z.iso.date().optional() }),
  run({ config }) {
    same<typeof config, { days: number; region: 'eu' | 'us'; at?: string | undefined }>(true)
    // @ts-expect-error it is a number
    return config.days.toUpperCase()
  },
})
// @ts-expect-error no config was asked for
asset('x', { run: ({ config }) => config })
// @ts-expect-error no such field
asset('x', { config: z.object({ days: z.number() }), run: ({ config }) => config.hours })
// @ts-expect-error not a schema
asset('x', { config: { days: 7 }, run: () => {} })

// Resources.
const settings = resource('settings', { open: () => ({ url: 'x' }) })
const api = resource('api', {
  resources: { settings },
  open: async ({ resources }) => ({ get: (path: string) => resources.settings.url + path, close: () => {} }),
  close: (client) => client.close(),
})
const using = asset('using', {
  resources: { api, settings },
  run({ resources }) {
    same<typeof resources.settings, { url: string }>(true)
    return resources.api.get('/')
  },
})
// @ts-expect-error no such resource was asked for
asset('x', { resources: { api }, run: ({ resources }) => resources.settings })
// @ts-expect-error its client has no such method
asset('x', { resources: { api }, run: ({ resources }) => resources.api.post('/') })
// @ts-expect-error not a resource
asset('x', { resources: { api: 7 }, run: () => {} })
// @ts-expect-error what it opens to has no such method
resource('x', { open: () => 1, close: (value) => value.close() })
const silent = asset('silent', { run: () => {} })
const answers = check(using, 'answers', { resources: { api } }, ({ resources }) => ({
  passed: resources.api.get('/') !== '',
}))
// @ts-expect-error a check answers whether it passed
check(using, 'x', {}, () => ({ ok: true }))
// @ts-expect-error no such resource was asked for
check(using, 'x', { resources: { api } }, ({ resources }) => ({ passed: resources.db }))
// What a check knows of the asset: partitions, where it has some, and what its function answered.
check(whole, 'x', {}, ({ value, metadata }) => {
  same<typeof value, { name: string; n: number }[]>(true)
  same<typeof metadata, Metadata>(true)
  return { passed: value.length > 0 }
})
check(cut, 'x', {}, async ({ value, partition, partitions, history }) => {
  const { materializations, outcomes } = await history(5)
  same<(typeof materializations)[number]['at'], Date>(true)
  same<(typeof outcomes)[number]['severity'], 'error' | 'warn'>(true)
  return { passed: value.n === partitions.length && partition.key !== '' }
})
check('main/a', 'x', {}, ({ partitions }) => ({ passed: partitions.length === 0 }))
// @ts-expect-error there is no partition of an asset without any
check(whole, 'x', {}, ({ partition }) => ({ passed: partition }))
// @ts-expect-error what is asked about may be several partitions of it
check('main/a', 'x', {}, ({ partition }) => ({ passed: partition }))
// @ts-expect-error keys have no values
check('main/a', 'x', {}, ({ value }) => ({ passed: value }))
// @ts-expect-error it answers nothing
check(silent, 'x', {}, ({ value }) => ({ passed: value }))
// @ts-expect-error a row has no such field
check(whole, 'x', {}, ({ value }) => ({ passed: value[0]?.missing }))
// @ts-expect-error what was made tells its metadata: nothing is added to them
check(whole, 'x', {}, ({ metadata }) => metadata({ rows: 1 }))
// @ts-expect-error no such severity
check(whole, 'x', {}, () => ({ passed: false, severity: 'fatal' }))
const found = checks.metadataWithin(whole, { metadata: 'rows', min: 1 })
// @ts-expect-error not of numbers
checks.rowCount('main/a', { min: '1' })
// @ts-expect-error without bounds it checks nothing
checks.rowCount('main/a', {})
// @ts-expect-error the number is of the metadata or of SQL
checks.noAnomaly(whole, { metadata: 'rows', sql: 'select 1' })
// @ts-expect-error a number of nothing
checks.noAnomaly(whole, { deviations: 3 })
// @ts-expect-error nothing else is allowed
checks.schemaUnchanged('main/a', { allow: 'removed' })
const looking = sensor('looking', {
  every: '5m',
  target: '*',
  resources: { settings },
  evaluate: ({ resources, cursor }) => ({ cursor, skip: resources.settings.url }),
})
sensor('x', {
  every: '5m',
  target: '*',
  cursor: z.object({ since: z.string() }),
  evaluate({ cursor }) {
    same<typeof cursor, { since: string } | undefined>(true)
    return { cursor: { since: cursor?.since ?? '' } }
  },
})
sensor('x', {
  every: '5m',
  target: '*',
  cursor: z.number().default(0),
  evaluate: ({ cursor }) => ({ cursor: cursor + 1 }),
})
// @ts-expect-error the first time it has no cursor
sensor('x', { every: '5m', target: '*', cursor: z.number(), evaluate: ({ cursor }) => ({ cursor: cursor + 1 }) })
// @ts-expect-error its cursor is a number
sensor('x', { every: '5m', target: '*', cursor: z.number(), evaluate: () => ({ cursor: 'x' }) })
// @ts-expect-error not a schema
sensor('x', { every: '5m', target: '*', cursor: { since: 'x' }, evaluate: () => ({}) })
const following = sensor(
  'following',
  onMaterialized({
    assets: [whole, cut],
    all: true,
    resources: { settings },
    cursor: z.number(),
    evaluate({ materializations, cursor = 0, resources }) {
      const [first] = materializations
      same<typeof first, MaterializationNews | undefined>(true)
      return {
        cursor: cursor + materializations.length,
        runs: [{ target: using, tags: { url: resources.settings.url } }],
      }
    },
  }),
)
const failing = sensor(
  'failing',
  onRunStatus({ statuses: ['failed'], of: { assets: [whole], startedBy: [following] }, target: using }),
)
sensor('x', onRunStatus({ statuses: ['failed'], evaluate: ({ run }) => console.log(run.error?.message) as undefined }))
sensor(
  'x',
  onRunStatus({
    statuses: ['failed'],
    evaluate({ run }) {
      console.log(run.endedAt.getTime())
    },
  }),
)
// @ts-expect-error neither a target nor code
onMaterialized({ assets: [whole] })
// @ts-expect-error of what it is told
onMaterialized({ target: using })
// @ts-expect-error no run ends so
onRunStatus({ statuses: ['fialed'], target: using })
// @ts-expect-error it is told of materializations
onMaterialized({ assets: [whole], evaluate: ({ run }) => console.log(run) as undefined })
// @ts-expect-error its cursor is a number
onMaterialized({ assets: [whole], cursor: z.number(), evaluate: () => ({ cursor: 'x' }) })
// @ts-expect-error a run has no such property
onRunStatus({ statuses: ['failed'], evaluate: () => ({ runs: [{ keys: 'k' }] }) })
// @ts-expect-error an asset starts no runs
onRunStatus({ statuses: ['failed'], of: { startedBy: [whole] }, target: using })
// @ts-expect-error a run has no such property
sensor('x', { every: '5m', target: '*', evaluate: () => ({ runs: [{ keys: 'k' }] }) })

// Values.
const reading = asset('reading', {
  partitions: daily,
  inputs: {
    rows: whole,
    today: cut,
    last: { asset: cut, mapping: mapping.last() },
    week: { asset: cut, mapping: mapping.timeWindow({ startOffset: -6 }) },
    whole: { asset: whole, mapping: mapping.all() },
  },
  run({ inputs, partition }) {
    same<typeof inputs.rows, { name: string; n: number }[]>(true)
    same<typeof inputs.today, { at: Date | undefined; n: number }>(true)
    same<typeof inputs.last, { at: Date | undefined; n: number }>(true)
    same<typeof inputs.week, Readonly<Record<string, { at: Date | undefined; n: number }>>>(true)
    same<typeof inputs.whole, { name: string; n: number }[]>(true)
    return partition.key
  },
})
asset('x', { inputs: { cut }, run: ({ inputs }) => inputs.cut['2024-01-01']?.n })
// @ts-expect-error without partitions of its own it reads all of them
asset('x', { inputs: { cut }, run: ({ inputs }) => inputs.cut.n.toFixed() })
// @ts-expect-error no such input
asset('x', { inputs: { whole }, run: ({ inputs }) => inputs.rows })
// @ts-expect-error a row has no such field
asset('x', { inputs: { whole }, run: ({ inputs }) => inputs.whole[0]?.missing })
// @ts-expect-error keys have no values
asset('x', { inputs: { rows: 'whole' }, run: () => {} })
const table = asset('table', { inputs: { whole }, io: io.table(), run: async ({ inputs }) => inputs.whole })
asset('x', {
  inputs: { table },
  io: io.json(),
  run: ({ inputs }) => same<typeof inputs.table, { name: string; n: number }[]>(true),
})
// @ts-expect-error a table is made of rows
asset('x', { io: io.table(), run: ({ runId }) => runId })
// @ts-expect-error a table is made of rows
asset('x', { io: io.table(), run: () => 7 })
const texts: IoManager<string> = { store: (_, value) => console.log(value.length), load: () => '' }
asset('x', { io: texts, run: async () => 'text' })
// @ts-expect-error it keeps texts
asset('x', { io: texts, run: async () => 7 })

// Several assets of one function.
const several = multiAsset('several', {
  outputs: { a: { deps: [whole] }, b: { isOptional: true } },
  resources: { api },
  run({ selected, materialized, resources }) {
    same<typeof selected, readonly ('a' | 'b')[]>(true)
    materialized('a', { path: resources.api.get('/') })
    // @ts-expect-error not one of its outputs
    materialized('c')
  },
})
// Versions, and what others make.
asset('x', { codeVersion: '2', retry: { max: 1, jitter: 'full' }, run: ({ dataVersion }) => dataVersion('a') })
asset('x', {
  metadata: { wiki: { type: 'url', url: 'https://x' }, sizes: { type: 'table', rows: [{ n: 1 }] } },
  run: () => {},
})
// @ts-expect-error rows hold plain values
asset('x', { metadata: { sizes: { type: 'table', rows: [{ n: {} }] } }, run: () => {} })
// @ts-expect-error a version is a text
asset('x', { codeVersion: 2, run: () => {} })
// @ts-expect-error a version is a text
asset('x', { run: ({ dataVersion }) => dataVersion(7) })
// @ts-expect-error no such jitter
asset('x', { retry: { max: 1, jitter: 'half' }, run: () => {} })
// @ts-expect-error each asset has a version of its own
multiAsset('x', { outputs: { a: {} }, run: ({ dataVersion }) => dataVersion('a') })
multiAsset('x', { outputs: { a: {} }, run: ({ materialized }) => materialized('a', {}, { dataVersion: 'b' }) })
externalAsset('x', {
  every: '5m',
  resources: { api },
  observe: ({ resources }) => ({ dataVersion: resources.api.get('/') }),
})
// @ts-expect-error how often it looks
externalAsset('x', { observe: () => ({ dataVersion: 'a' }) })
// @ts-expect-error a look answers a version
externalAsset('x', { every: '5m', observe: () => 'a' })

// @ts-expect-error each asset has metadata of its own
multiAsset('x', { outputs: { a: {} }, run: ({ metadata }) => metadata({}) })
// @ts-expect-error partitions are those of all
multiAsset('x', { outputs: { a: { partitions: daily } }, run: () => {} })

// @ts-expect-error no such choice
schedule('x', { cron: '0 5 * * *', target: '*', catchUp: 'some' })
schedule('x', { cron: ['0 5 * * *', '0 17 * * 1-5'], target: '*' })
// @ts-expect-error no time is no schedule
schedule('x', { cron: [], target: '*' })
// @ts-expect-error no number
schedule('x', { cron: ['0 5 * * *', 5], target: '*' })

checks.schemaUnchanged(table, { ignore: ['n'] })
// @ts-expect-error a row has no such field
checks.schemaUnchanged(table, { ignore: ['missing'] })

export const project = defineProject(
  found,
  cut,
  whole,
  configured,
  using,
  answers,
  looking,
  reading,
  several,
  following,
  failing,
)
// @ts-expect-error a resource is given to what uses it
defineProject(settings)
