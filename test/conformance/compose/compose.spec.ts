import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../support/free-port.js'
import { root } from '../../support/markdown.js'

const docker = process.env.MILLRACE_DOCKER
const folder = join(root, 'deploy/compose')
const parts = ['daemon', 'postgres', 'webserver', 'worker']

interface Container {
  readonly ID: string
  readonly Service: string
  readonly State: string
  readonly Health: string
}

describe.skipIf(!docker)('deploy/compose with an engine', () => {
  const name = `millrace-conformance-${process.pid}`
  let files = ['compose.yaml']
  let own = ''
  let port = 0

  const tell = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(docker as string, args, { cwd: folder, maxBuffer: 64e6 })
    return stdout.trim()
  }
  const compose = (...args: string[]) =>
    tell(
      ...['compose', '--project-name', name, '--env-file', join(own, 'env')],
      ...files.flatMap((file) => ['--file', file]),
      ...args,
    )
  const inside = (service: string, ...command: string[]) => compose('exec', '-T', service, ...command)
  const containers = async () => {
    const lines = (await compose('ps', '--all', '--format', 'json')).split('\n').filter(Boolean)
    return lines.map((line) => JSON.parse(line) as Container).sort((a, b) => a.Service.localeCompare(b.Service))
  }
  const up = () => compose('up', '--detach', '--wait', '--wait-timeout', '180')
  const volumes = async () => (await tell('volume', 'ls', '--quiet', '--filter', `name=${name}_`)).split('\n').sort()
  const runs = async () =>
    JSON.parse(await inside('worker', 'millrace', 'runs', '--json')) as { id: string; status: string; error?: object }[]
  const until = async (isSo: () => Promise<boolean>) => {
    while (!(await isSo().catch(() => false))) await sleep(500)
  }
  const page = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)

  beforeAll(async () => {
    own = mkdtempSync(join(tmpdir(), `${name}-`))
    cpSync(join(root, 'examples/flights'), join(own, 'project'), {
      recursive: true,
      filter: (path) => !/[\\/](node_modules|\.millrace)$/.test(path),
    })
    port = await freePort()
    const example = readFileSync(join(folder, '.env.example'), 'utf8')
    const settings = { PROJECT_DIR: join(own, 'project'), MILLRACE_IMAGE: `${name}:1`, MILLRACE_PORT: port }
    const others = { AIRBYTE_PORT: await freePort(), POSTGRES_PORT: await freePort() }
    writeFileSync(
      join(own, 'env'),
      [
        example.replace(/^(\w+)=$/gm, '$1=onlyForThisTrial'),
        ...Object.entries({ ...settings, ...others }).map(([key, value]) => `${key}=${value}`),
      ].join('\n'),
    )
    await compose('build')
  }, 1_800_000)

  afterAll(async () => {
    if (own === '') return
    await compose('down', '--volumes').catch(() => {})
    await tell('image', 'rm', `${name}:1`).catch(() => {})
    rmSync(own, { recursive: true, force: true })
  }, 180_000)

  it('builds an image of the program and the project, small and not root', async () => {
    const [image] = JSON.parse(await tell('image', 'inspect', `${name}:1`)) as [
      { Size: number; Config: { User: string; Entrypoint: string[] } },
    ]
    expect(image.Size).toBeLessThan(400_000_000)
    expect(image.Config).toMatchObject({ User: '1000:1000', Entrypoint: ['/usr/bin/tini', '--', 'millrace'] })
    const list = await tell('run', '--rm', '--read-only', '--entrypoint', 'ls', `${name}:1`, '/project')
    expect(list.split('\n')).toEqual(expect.arrayContaining(['millrace.yaml', 'node_modules']))
  })

  it('starts all parts, which get healthy, and nothing anew when it is asked again', async () => {
    await up()
    const started = await containers()
    expect(started.map(({ Service, State, Health }) => [Service, State, Health])).toEqual(
      parts.map((part) => [part, 'running', 'healthy']),
    )
    await up()
    expect((await containers()).map(({ ID }) => ID)).toEqual(started.map(({ ID }) => ID))
    expect((await page('/readyz')).status).toBe(200)
    const body = JSON.stringify({ name: 'admin', password: 'onlyForThisTrial' })
    const headers = { 'content-type': 'application/json' }
    const login = await fetch(`http://127.0.0.1:${port}/api/login`, { method: 'POST', headers, body })
    expect(login.status).toBe(200)
  }, 400_000)

  it.each(parts.filter((part) => part !== 'postgres'))('%s may write its state and nothing else', async (part) => {
    const tried = await inside(
      part,
      'sh',
      '-c',
      'id -u; for f in /opt/millrace /project /state /tmp; do touch $f/x 2> /dev/null && rm $f/x && echo $f; done; grep CapBnd /proc/self/status',
    )
    expect(tried.split(/\s+/)).toEqual(['1000', '/state', '/tmp', 'CapBnd:', '0000000000000000'])
  })

  it('makes everything of the project, also when the worker is killed meanwhile', async () => {
    const run = inside('webserver', 'millrace', 'materialize', '*')
    await until(async () => (await runs())[0]?.status === 'running')
    await sleep(2000)
    // From inside: of a container that somebody kills by its engine, the engine takes it that it is to stay away.
    await inside('worker', 'sh', '-c', 'kill -9 $(cat /proc/1/task/1/children)').catch(() => {})
    expect(await run).toContain('0 failed')
    expect((await runs()).map(({ status }) => status)).toEqual(['succeeded'])
    const { State: state } = (await containers()).find(({ Service }) => Service === 'worker') as Container
    expect(state).toBe('running')
    expect(await compose('logs', '--no-log-prefix', 'daemon')).toContain('Watching over the project flights')
  }, 600_000)

  it('is there again after a restart, and after down without its volumes', async () => {
    const former = await runs()
    await compose('restart')
    await up()
    expect(await runs()).toEqual(former)
    await compose('down')
    expect(await containers()).toEqual([])
    expect(await volumes()).toEqual([`${name}_postgres`, `${name}_state`])
    await up()
    expect(await runs()).toEqual(former)
    await compose('down', '--volumes')
    expect(await volumes()).toEqual([''])
  }, 600_000)

  it('reads the project of this machine where it is mounted to develop', async () => {
    files = ['compose.yaml', 'compose.dev.yaml']
    await up()
    const model = join(own, 'project/transformation/dbt/models/marts/mart_of_the_trial.sql')
    writeFileSync(model, 'select 1 as one')
    expect(await inside('worker', 'millrace', 'assets')).toContain('mart_of_the_trial')
    await until(async () => (await inside('webserver', 'millrace', 'materialize', 'main/mart_of_the_trial')) !== '')
    expect((await runs())[0]?.status).toBe('succeeded')
  }, 600_000)
})
