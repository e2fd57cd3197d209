import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  assetDetailSchema,
  assetsSchema,
  automationsSchema,
  connectionsSchema,
  healthSchema,
  overviewSchema,
  runDetailSchema,
  runEventsSchema,
  runsSchema,
} from '../../src/server/contract/index.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = join(root, 'dist/cli/main.js')
const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
let dir: string
let up: ChildProcess
let url: string

const millrace = async (...args: string[]) => {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, '--project-dir', dir, ...args], {
      maxBuffer: 1e8,
    })
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}
const api = async (path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') => {
  const response = await fetch(`${url}/api${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  return { status: response.status, body: (await response.json()) as never }
}

async function startUp(): Promise<void> {
  up = spawn(process.execPath, [main, 'up', '--project-dir', dir, '--port', '0', '--no-run'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  url = await new Promise<string>((resolve, reject) => {
    let text = ''
    up.stdout?.on('data', (chunk) => {
      text += chunk
      const found = /http:\/\/localhost:\d+/.exec(text)
      if (found) resolve(found[0].replace('localhost', '127.0.0.1'))
    })
    up.on('exit', () => reject(new Error(`up ended: ${text}`)))
  })
  for (let i = 0; i < 200 && (await api('/assets')).status !== 200; i++)
    await new Promise((resolve) => setTimeout(resolve, 50))
}
async function stopUp(): Promise<void> {
  if (!up || up.exitCode !== null) return
  up.kill('SIGINT')
  await new Promise((resolve) => up.once('exit', resolve))
}
async function runToEnd(request: () => Promise<{ body: never }>) {
  const { runId } = (await request()).body as { runId: string }
  for (;;) {
    const run = runDetailSchema.parse((await api(`/runs/${runId}`)).body)
    if (['succeeded', 'failed', 'cancelled'].includes(run.status)) return run
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-flights-'))
  // As root the store runs as nobody, who must be able to come here.
  await chmod(dir, 0o755)
  await cp(join(root, 'examples/flights'), dir, {
    recursive: true,
    filter: (path) => !/\.millrace|target|reports/.test(path.slice(root.length)),
  })
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
})
afterAll(async () => {
  await stopUp()
  await rm(dir, { recursive: true, force: true })
})

describe('the flights example', { timeout: 120_000 }, () => {
  const model = () => join(dir, 'transformation/dbt/models/staging/stg_flights.sql')

  it('runs as a whole from the command line', async () => {
    const { code, output } = await millrace('up', '--once')
    expect(output).toContain('succeeded')
    expect(code).toBe(0)
    const { output: csv } = await millrace('query', 'select count(*) as n from raw.flights', '--format', 'csv')
    expect(csv.trim()).toBe('n\n3000000')
    expect(await readFile(join(dir, 'reports/delay_report.md'), 'utf8')).toContain('| Airport |')
  })

  it('a second sync reads nothing new and says so', async () => {
    const { output } = await millrace('sync', 'flights')
    expect(output).toContain('nothing new since')
  })

  it('dbt commands work as people know them', async () => {
    expect(
      (await millrace('dbt', 'ls', '--select', 'tag:mart', '--resource-type', 'model')).output
        .split('\n')
        .filter((line) => line.startsWith('flights.marts')),
    ).toHaveLength(9)
    const build = await millrace('dbt', 'build')
    expect(build.output).toMatch(/Done\. PASS=\d+ WARN=0 ERROR=0/)
    expect(build.code).toBe(0)
    expect((await millrace('dbt', 'show', '--inline', 'select 41 + 1 as answer')).output).toContain('42')
    expect((await millrace('dbt', 'nonsense')).code).toBe(2)
  })

  it('refuses to write through a query, and unknown selections', async () => {
    expect(await millrace('query', 'drop table raw.flights')).toMatchObject({
      code: 2,
      output: expect.stringContaining('QUERY_NOT_READ_ONLY'),
    })
    expect(await millrace('materialize', 'mart_airprt')).toMatchObject({
      code: 2,
      output: expect.stringContaining('Did you mean'),
    })
  })

  it('serves every page’s data in the shape of the contract', async () => {
    await startUp()
    expect(overviewSchema.parse((await api('/overview')).body).problems).toEqual([])
    const { assets } = assetsSchema.parse((await api('/assets')).body)
    expect(assets.find((asset) => asset.key === 'main/mart_airport_delays')).toMatchObject({
      health: 'fresh',
      deps: expect.arrayContaining(['main/int_daily_flights']),
    })
    expect(assetDetailSchema.parse((await api(`/assets/${encodeURIComponent('raw/flights')}`)).body)).toMatchObject({
      rows: 3_000_000,
    })
    expect((await api(`/assets/${encodeURIComponent('raw/flights')}/sample?limit=3`)).body).toMatchObject({
      rows: { length: 3 },
    })
    expect(connectionsSchema.parse((await api('/connections')).body).connections).toHaveLength(4)
    expect(automationsSchema.parse((await api('/automation')).body).automations.map((one) => one.name)).toContain(
      'nightly',
    )
    expect(healthSchema.parse((await api('/health')).body)).toMatchObject({ status: 'ok', engine: { status: 'up' } })
    expect(runsSchema.parse((await api('/runs')).body).runs.length).toBeGreaterThan(1)
    expect((await api('/assets/nope')).status).toBe(404)
    expect((await api('/materialize', { selection: 'nope' })).status).toBe(422)
    expect(
      (
        await fetch(`${url}/api/materialize`, {
          method: 'POST',
          headers: { origin: 'http://evil.example' },
          body: '{}',
        })
      ).status,
    ).toBe(403)
  })

  it('two commands share the warehouse while everything runs', async () => {
    const [a, b] = await Promise.all([
      millrace('query', 'select 1 as one', '--format', 'csv'),
      millrace('dbt', 'run', '--select', 'mart_routes'),
    ])
    expect([a.code, b.code]).toEqual([0, 0])
  })

  it('a broken model says where, downstream does not run, and a re-run does only what failed', async () => {
    const good = await readFile(model(), 'utf8')
    await writeFile(model(), good.replace('    origin,\n', '    origin_airport,\n'))
    const failed = await runToEnd(() => api('/materialize', { selection: 'main/stg_flights+' }))
    expect(failed.status).toBe('failed')
    expect(failed.error).toMatchObject({
      message: expect.stringContaining('origin_airport'),
      at: { file: expect.stringContaining('stg_flights.sql') },
    })
    expect(failed.steps.find((step) => step.key.endsWith('mart_airport_delays'))).toMatchObject({ status: 'skipped' })
    expect(runEventsSchema.parse((await api(`/runs/${failed.id}/events`)).body).events.length).toBeGreaterThan(3)
    await writeFile(model(), good)
    const mended = await runToEnd(() => api(`/runs/${failed.id}/rerun`, { mode: 'from_failure' }))
    expect(mended.status).toBe('succeeded')
    expect(mended.steps.some((step) => step.key.startsWith('sync:'))).toBe(false)
  })

  it('a failing test keeps its downstream from running', async () => {
    const test = join(dir, 'transformation/dbt/tests/never.sql')
    await writeFile(test, "select * from {{ ref('mart_worst_days') }}\n")
    const run = await runToEnd(() => api('/materialize', { selection: 'main/mart_worst_days+' }))
    expect(run.status).toBe('failed')
    expect(run.steps.find((step) => step.key === 'ts:reports/delay_report')).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('never'),
    })
    await rm(test)
  })

  it('an engine that is killed in the middle of a run leaves a run that ends', async () => {
    const { pid } = healthSchema.parse((await api('/health')).body).engine
    const ended = runToEnd(() => api('/materialize', { selection: '*', fullRefresh: true }))
    await new Promise((resolve) => setTimeout(resolve, 700))
    process.kill(pid as number, 'SIGKILL')
    const run = await ended
    expect(run.status).toBe('succeeded')
    expect(run.attempt).toBe(2)
  })

  it.skipIf(browser === undefined)(
    'shows it all in a browser, without an error and without sideways scrolling',
    async () => {
      const chrome = await chromium.launch({
        executablePath: browser as string,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
      })
      try {
        const page = await chrome.newPage({ viewport: { width: 390, height: 844 } })
        const problems: string[] = []
        page.on('pageerror', (error) => problems.push(error.message))
        page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
        for (const [path, text] of [
          ['/', 'punctuality'],
          // Only what is in sight is drawn: on a telephone the left end of the graph.
          ['/lineage', 'stg_flights'],
          ['/assets/main%2Fmart_routes', 'Which routes'],
          ['/runs', 'succeeded'],
          ['/connections', 'reference'],
          ['/connections/flights', 'incremental'],
          ['/automation', 'nightly'],
          ['/query', 'Read-only'],
        ] as const) {
          await page.goto(url + path)
          await page.getByText(text).first().waitFor({ state: 'attached' })
          expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
        }
        await page.keyboard.press('Control+k')
        await page.getByPlaceholder('Find an asset, column, connection, run or action').fill('mart_worst')
        await page.keyboard.press('Enter')
        await page.getByText('Which days went wrong').first().waitFor()
        expect(problems).toEqual([])
      } finally {
        await chrome.close()
      }
    },
  )

  it('Ctrl-C ends every process', async () => {
    await stopUp()
    await expect(fetch(`${url}/api/health`)).rejects.toThrow()
    expect(existsSync(join(dir, '.millrace/postgres/postmaster.pid'))).toBe(false)
    expect(existsSync(join(dir, '.millrace/engine.lock'))).toBe(false)
  })
})
