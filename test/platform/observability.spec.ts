import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDetailSchema } from '../../src/server/contract/index.js'
import { eventually, millrace, removeProject, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { type CollectedSpan, type OtlpCollector, openCollector } from '../support/otlp-collector.js'

const secret = 'never-to-be-shown-4711'
/** No setting names it. */
const onlyOfCode = 'mail-token-0815'
const collectorSecret = 'let-me-in-0815'
const files = {
  'millrace.yaml': 'name: shop\nwarehouse: { profile: shop, target: dev }\n',
  'data/orders.csv': 'id,amount\n1,10\n2,20\n3,30\n',
  'extract_load/orders.yaml': `name: orders
source: { connector: file, config: { streams: [{ name: orders, path: data/orders.csv }] } }
destination: { connector: warehouse, schema: raw }
streams: { orders: { sync_mode: full_refresh, destination_sync_mode: overwrite } }
`,
  'extract_load/closed.yaml': `name: closed
source:
  connector: postgres
  config: { host: 127.0.0.1, port: 1, database: d, username: u, password: '\${SHOP_PASSWORD}' }
destination: { connector: warehouse, schema: raw }
streams: { things: { sync_mode: full_refresh, destination_sync_mode: overwrite } }
retries: { complete_failures_max_successive: 1 }
`,
  'transformation/dbt/dbt_project.yml': "name: shop\nversion: '1.0'\nprofile: shop\nmodel-paths: [models]\n",
  'transformation/dbt/profiles.yml':
    'shop:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ../../.millrace/warehouse.duckdb }\n',
  'transformation/dbt/models/schema.yml': 'sources: [{ name: raw, tables: [{ name: orders }] }]\n',
  'transformation/dbt/models/revenue.sql': "select sum(amount) as total from {{ source('raw', 'orders') }}\n",
  'orchestration/definitions.ts': `import { asset, defineProject } from 'millrace'
export default defineProject(
  asset('reports/revenue', {
    deps: ['main/revenue'],
    async run({ query, log, pipes, traceparent }) {
      await query('select total from main.revenue')
      await query("select '" + process.env.SHOP_PASSWORD + "' as password")
      log('traceparent ' + traceparent)
      console.log('sent with ' + process.env.MAIL_TOKEN)
      await pipes([process.execPath, '-e', 'console.log("program " + process.env.TRACEPARENT)'])
    },
  }),
)
`,
}

const traceId = '0af7651916cd43dd8448eb211c80319c'
const caller = 'b7ad6b7169203331'

const variables = (url: string) => ({
  SHOP_PASSWORD: secret,
  MAIL_TOKEN: onlyOfCode,
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${collectorSecret}`,
  OTEL_SERVICE_NAME: 'shop-mill',
  OTEL_BSP_SCHEDULE_DELAY: '100',
  MILLRACE_TRACE_SQL: '1',
})

describe('a project that is watched', { timeout: 90_000 }, () => {
  let dir: string
  let collector: OtlpCollector
  let up: Up
  let runId: string
  beforeAll(async () => {
    dir = await temporaryProject(files)
    collector = await openCollector()
    up = await startUp(dir, { args: ['--log-format', 'json'], env: variables(collector.url) })
    const response = await fetch(`${up.url}/api/materialize`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-${caller}-01` },
      body: JSON.stringify({ selection: 'raw/orders+' }),
    })
    runId = ((await response.json()) as { runId: string }).runId
    await ended(runId)
    await ended((await up.post<{ runId: string }>('/materialize', { selection: 'raw/things' })).runId)
    await eventually('the runs are told', () => spansOf('run').length === 2)
  }, 90_000)
  afterAll(async () => {
    await up?.stop()
    await collector?.close()
    await removeProject(dir)
  })
  const ended = (id: string) =>
    eventually('the run ends', async () => {
      const run = runDetailSchema.parse(await up.get(`/runs/${id}`))
      return run.endedAt !== undefined && run
    })
  const spansOf = (name: string) => collector.spans.filter((span) => span.name === name)
  const only = (name: string, isIn: (span: CollectedSpan) => boolean = () => true): CollectedSpan => {
    const [first, ...others] = spansOf(name).filter((span) => span.traceId === traceId && isIn(span))
    if (!first || others.length > 0) throw new Error(`There are ${first ? 1 + others.length : 0} spans called ${name}.`)
    return first
  }
  /** The names from the outermost span to this one. */
  const pathTo = (span: CollectedSpan): string[] => {
    const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId)
    return [...(parent ? pathTo(parent) : [`caller ${span.parentSpanId}`]), span.name]
  }
  const toStep = (step: string) => [`caller ${caller}`, 'POST /api/materialize', 'run', `step ${step}`]

  it('has request, run, step and query in one trace, that of the caller', () => {
    expect(only('run')).toMatchObject({
      service: 'shop-mill',
      process: 'engine',
      attributes: {
        'millrace.run.id': runId,
        'millrace.run.selection': 'raw/orders+',
        'millrace.run.trigger': 'manual',
        'millrace.run.status': 'succeeded',
        'millrace.run.queued_ms': expect.any(Number),
      },
    })
    expect(only('POST /api/materialize')).toMatchObject({
      process: 'server',
      attributes: { 'http.route': '/api/materialize', 'http.response.status_code': 200 },
    })
    const created = only('CREATE VIEW', ({ attributes }) => String(attributes['db.query.text']).includes('sum(amount)'))
    expect(created.attributes).toMatchObject({
      'db.system.name': 'duckdb',
      'dbt.node': 'model.shop.revenue',
      'millrace.run.id': runId,
      'millrace.step.key': 'dbt:model.shop.revenue',
    })
    expect(pathTo(created)).toEqual([...toStep('dbt:model.shop.revenue'), 'node model.shop.revenue', 'CREATE VIEW'])
  })

  it('has the phases of a stream, with its rows', () => {
    for (const phase of ['read', 'stage', 'commit'])
      expect(pathTo(only(phase))).toEqual([...toStep('sync:orders'), 'stream orders', phase])
    expect(only('stream orders').attributes).toMatchObject({ 'millrace.rows_read': 3, 'millrace.rows_committed': 3 })
    const { events } = only('step sync:orders')
    expect(events).toMatchObject([
      { name: 'asset_materialized', attributes: { 'millrace.asset': 'raw/orders', 'millrace.rows_committed': 3 } },
    ])
  })

  it('hands the trace on to code of the project, its queries and its programs', async () => {
    const step = only('step ts:reports/revenue')
    const asked = only('SELECT', ({ attributes }) => attributes['db.query.text'] === 'select total from main.revenue')
    expect(pathTo(asked)).toEqual([...toStep('ts:reports/revenue'), 'SELECT'])
    const { events } = await up.get<{ events: { message?: string }[] }>(`/runs/${runId}/events`)
    const messages = events.map(({ message }) => message)
    expect(messages).toContain(`traceparent 00-${traceId}-${step.spanId}-01`)
    expect(messages).toContain(`program 00-${traceId}-${step.spanId}-01`)
  })

  it('gives a run that nobody traced a trace with its own id, and tells of its error', () => {
    const failed = collector.spans.find(({ name }) => name === 'step sync:closed')
    expect(failed).toMatchObject({ status: { code: 2 }, attributes: { 'millrace.step.status': 'failed' } })
    expect(failed?.attributes['error.type']).toMatch(/^SOURCE_/)
    expect(failed?.traceId).toBe(spansOf('run').find((run) => run.traceId !== traceId)?.traceId)
  })

  it('tells no secret', async () => {
    const { events } = await up.get<{ events: { message?: string }[] }>(`/runs/${runId}/events`)
    expect(events.map(({ message }) => message)).toContain('sent with **********')
    expect(collector.headers[0]?.authorization).toBe(`Bearer ${collectorSecret}`)
    for (const text of [...collector.bodies, up.output()]) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(onlyOfCode)
      expect(text).not.toContain(collectorSecret)
    }
    const asked = spansOf('SELECT').filter(({ attributes }) => attributes['millrace.step.key'] === 'ts:reports/revenue')
    // The statement with the password is there, without its text.
    expect(asked.map(({ attributes }) => attributes['db.query.text'])).toContain(undefined)
  })

  it('logs one JSON object a line, of all processes, with errors and the trace', () => {
    const records = up
      .output()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    for (const record of records)
      expect(record).toMatchObject({
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        level: expect.stringMatching(/^(debug|info|warn|error)$/),
        message: expect.any(String),
        process: expect.stringMatching(/^(up|server|engine)$/),
      })
    const { spanId } = only('run')
    expect(records).toContainEqual(
      expect.objectContaining({ message: 'Run succeeded', run: runId, trace_id: traceId, span_id: spanId }),
    )
    expect(records).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: 'Step failed',
        process: 'engine',
        step: 'sync:closed',
        connection: 'closed',
        error: expect.objectContaining({ code: expect.stringMatching(/^SOURCE_/), message: expect.any(String) }),
      }),
    )
  })

  it('counts what ended since it was looked at first', async () => {
    const figures = async () => (await fetch(`${up.url}/metrics`)).text()
    expect(await figures()).toContain('millrace_leases_expired_total 0')
    await ended((await up.post<{ runId: string }>('/materialize', { selection: 'raw/orders' })).runId)
    const text = await eventually('the figures are looked at again', async () => {
      const now = await figures()
      return now.includes('millrace_runs_ended_total{status="succeeded",trigger="manual"} 1') && now
    })
    expect(text).toContain('millrace_steps_ended_total{kind="sync",status="succeeded"} 1')
    expect(text).toContain('millrace_sync_rows_total{connection="orders"} 3')
    expect(text).toContain('millrace_run_duration_seconds_count{status="succeeded"} 1')
    expect(text).toMatch(/millrace_event_log_size_bytes \d{4,}/)
  })

  it('stops in order where the collector says nothing any more', async () => {
    collector.fallSilent()
    await up.stop()
    expect((await up.ended).code).toBe(0)
    expect(up.output()).not.toContain('could not be finished')
  })
})

describe('a command', { timeout: 60_000 }, () => {
  let dir: string
  let hooks: string
  beforeAll(async () => {
    dir = await temporaryProject({ ...files, 'extract_load/closed.yaml': '' })
    await rm(join(dir, 'extract_load/closed.yaml'))
    hooks = await mkdtemp(join(tmpdir(), 'millrace-hooks-'))
    await writeFile(
      join(hooks, 'loaded.cjs'),
      `process.on('exit', () => require('fs').writeFileSync(__dirname + '/loaded.json', JSON.stringify(Object.keys(require('module')._cache))))\n`,
    )
  })
  afterAll(async () => {
    await removeProject(dir)
    await rm(hooks, { recursive: true, force: true })
  })
  const run = async (args: readonly string[], env: NodeJS.ProcessEnv) => {
    const command = millrace(dir, args, { ...env, NODE_OPTIONS: `--require ${join(hooks, 'loaded.cjs')}` })
    const { code } = await command.ended
    const loaded = JSON.parse(await readFile(join(hooks, 'loaded.json'), 'utf8')) as string[]
    return { code, output: command.output(), otel: loaded.filter((path) => path.includes('@opentelemetry')) }
  }

  it('ends as ever where no collector is, and says so once, without the login', async () => {
    const { code, output } = await run(['materialize', 'raw/orders'], {
      ...variables(`http://me:${collectorSecret}@127.0.0.1:1`),
    })
    expect(output.match(/Traces cannot be sent to http:\/\/127\.0\.0\.1:1\/v1\/traces/g)).toHaveLength(1)
    expect(output).not.toContain(collectorSecret)
    expect(code).toBe(0)
  })

  it('loads nothing of OpenTelemetry where nobody asks for traces', async () => {
    const off = await run(['query', 'select 1'], {})
    expect(off).toMatchObject({ code: 0, otel: [] })
    const collector = await openCollector()
    const on = await run(['query', 'select 1'], variables(collector.url))
    await collector.close()
    expect(on.otel).not.toEqual([])
    expect(collector.spans.map(({ name, process }) => [name, process])).toContainEqual(['SELECT', 'query'])
    expect((await run(['query', 'select 1'], { ...variables(collector.url), OTEL_SDK_DISABLED: 'true' })).otel).toEqual(
      [],
    )
  })

  it('says what to use instead of gRPC', async () => {
    const { code, output } = await run(['query', 'select 1'], {
      ...variables('http://127.0.0.1:4317'),
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    })
    expect(output).toContain('Set it to http/protobuf or http/json')
    expect(code).toBe(0)
  })
})
