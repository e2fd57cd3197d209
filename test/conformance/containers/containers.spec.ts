import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ConnectorProcess } from '../../../src/extract-load/runners/connector-process.js'
import { commandLine } from '../../../src/extract-load/runners/program.js'
import { writeRunFiles } from '../../../src/extract-load/runners/run-files.js'
import { root } from '../../support/markdown.js'
import {
  type Command,
  eventually,
  millrace,
  removeProject,
  sleep,
  startUp,
  temporaryProject,
} from '../../support/millrace.js'

const engine = process.env.MILLRACE_DOCKER ?? ''
const here = join(root, 'test/conformance/containers')
const name = `millrace-conformance-${process.pid}`
const tag = (image: string) => `${name}-${image}:1`

const tell = async (...args: string[]) => (await promisify(execFile)(engine, args, { maxBuffer: 64e6 })).stdout.trim()

describe.skipIf(engine === '')(`connectors in containers, by ${engine}`, () => {
  let dir: string
  let extra: string

  beforeAll(async () => {
    const base = process.env.MILLRACE_BASE_IMAGE
    for (const image of ['faker', 'hardcoded', 'sqlite', 'without-entrypoint'])
      await tell(
        ...['build', '--target', image, '--tag', tag(image)],
        ...(base ? ['--build-arg', `BASE_IMAGE=${base}`] : []),
        ...['--build-context', `destination=${join(here, '../airbyte-destination')}`],
        join(here, 'image'),
      )
    extra = mkdtempSync(join(tmpdir(), `${name}-`))
    writeFileSync(
      join(extra, 'little-memory'),
      `#!/bin/sh\nverb=$1; shift\n[ "$verb" = run ] && set -- --memory 40m --memory-swap 40m "$@"\nexec '${engine}' "$verb" "$@"\n`,
    )
    chmodSync(join(extra, 'little-memory'), 0o755)
  }, 1_800_000)
  afterAll(async () => {
    for (const image of ['faker', 'hardcoded', 'sqlite', 'without-entrypoint'])
      await tell('image', 'rm', tag(image)).catch(() => {})
    if (extra) rmSync(extra, { recursive: true, force: true })
  }, 60_000)

  beforeEach(async () => {
    dir = await temporaryProject({ 'extract_load/.gitkeep': '' })
  })
  afterEach(async () => {
    await removeProject(dir)
  })

  const connect = (connection: string, image: string, config: object, streams: string) =>
    writeFileSync(
      join(dir, 'extract_load', `${connection}.yaml`),
      [
        `name: ${connection}`,
        `source: { connector: airbyte, config: { image: '${tag(image)}', container_engine: '${engine}', config: ${JSON.stringify(config)} } }`,
        'destination: { schema: raw }',
        `streams: ${streams}`,
      ].join('\n'),
    )
  const run = async (...args: string[]) => {
    const command = millrace(dir, args)
    const { code } = await command.ended
    return { code, output: command.output() }
  }
  const rowsOf = async (sql: string) => JSON.parse((await run('query', sql, '--json')).output)
  const containers = async () =>
    (await tell('ps', '--all', '--quiet', '--filter', 'label=millrace.owner')).split('\n').filter(Boolean)
  const running = () => eventually('a container runs', async () => (await containers())[0])
  /** A connector that has much to say, and has begun to. */
  const reading = async (command: Command) => {
    await eventually('rows are read', () => command.output().includes('as RUNNING'), { withinMs: 60_000 })
    return running()
  }
  const endless = () => connect('endless', 'hardcoded', { count: 500_000_000 }, '{ dummy_fields: {} }')
  const isGone = () => eventually('no container is left', async () => (await containers()).length === 0)

  it('tell their settings, are checked, and become connections', async () => {
    const args = ['--image', tag('faker'), '--container-engine', engine]
    expect((await run('connectors', 'spec', ...args)).output).toContain('records_per_slice')
    const made = await run(
      ...['connections', 'create', 'made', '--connector', 'airbyte', '--set', `image=${tag('hardcoded')}`],
      ...['--set', `container_engine=${engine}`, '--set', 'config.count=10', '--streams', 'products'],
    )
    expect(made).toMatchObject({ code: 0, output: expect.stringContaining('The source can be read') })
    expect((await run('check', 'made')).output).toContain('ok')
    expect((await run('discover', 'made')).output).toContain('dummy_fields')
    expect(await containers()).toEqual([])
  })

  it('are read whole, every row', async () => {
    connect('whole', 'hardcoded', { count: 200_000 }, '{ dummy_fields: {}, products: {} }')
    expect(await run('sync', 'whole')).toMatchObject({ code: 0 })
    const both = 'select count(*) as a, (select count(*) from raw.products) as b from raw.dummy_fields'
    expect(await rowsOf(both)).toEqual([{ a: 200_000, b: 200_000 }])
    expect(await containers()).toEqual([])
  })

  it('go on from the state that they are given', async () => {
    const users = '{ users: { sync_mode: incremental, primary_key: id, cursor_field: updated_at } }'
    connect('shop', 'faker', { count: 500, seed: 7, always_updated: false }, users)
    expect((await run('sync', 'shop')).output).toContain('users: 500 rows committed')
    const again = await run('sync', 'shop')
    expect(again.code).toBe(0)
    expect(again.output).not.toContain('500 rows')
    expect(await rowsOf('select count(*) as a, count(distinct id) as b from raw.users')).toEqual([{ a: 500, b: 500 }])
  })

  it('are destinations', async () => {
    writeFileSync(join(dir, 'a.csv'), `id,v\n${Array.from({ length: 20_000 }, (_, id) => `${id},v${id}\n`).join('')}`)
    writeFileSync(
      join(dir, 'extract_load/out.yaml'),
      [
        'name: out',
        'source: { connector: file, config: { streams: [ { name: s, path: a.csv } ] } }',
        `destination: { connector: airbyte, config: { image: '${tag('sqlite')}', container_engine: '${engine}', config: { path: /tmp/d.sqlite } } }`,
        'streams: { s: {} }',
      ].join('\n'),
    )
    const { code, output } = await run('sync', 'out')
    expect(output).toContain(`s has 20000 rows, whose ids sum up to ${(20_000 * 19_999) / 2}`)
    expect(code).toBe(0)
    expect(await containers()).toEqual([])
  })

  it('wait while nobody reads, and the engine keeps no copy of what they say', async () => {
    const stream = { name: 'dummy_fields', json_schema: {}, supported_sync_modes: ['full_refresh'] }
    const files = await writeRunFiles(
      {
        'config.json': '{"count":500000000}',
        'catalog.json': JSON.stringify({
          streams: [{ stream, sync_mode: 'full_refresh', destination_sync_mode: 'overwrite' }],
        }),
      },
      { isForContainer: true },
    )
    onTestFinished(() => files.dispose())
    const container = `${name}-waits`
    const line = commandLine(
      { kind: 'image', image: tag('hardcoded'), engine },
      ['read', '--config', { file: 'config.json' }, '--catalog', { file: 'catalog.json' }],
      { folder: files.folder, name: container, projectDir: dir },
    )
    const started = new ConnectorProcess(line, { role: 'source', cwd: dir, onStderr: () => {} })
    onTestFinished(() => started.stop())
    const output = started.output()
    await output.next()
    const written = async () => {
      const all = await tell('exec', container, 'sh', '-c', 'cat /proc/[0-9]*/io 2> /dev/null | grep wchar')
      return Math.max(...all.split('\n').map((one) => Number(one.split(' ')[1])))
    }
    await sleep(3_000)
    const before = await written()
    await sleep(3_000)
    expect(await written()).toBe(before)
    expect(before).toBeLessThan(50_000_000)
    expect(await tell('inspect', '--format', '{{.HostConfig.LogConfig.Type}}', container)).toBe('none')
    for (let i = 0; i < 1000; i++) await output.next()
    expect(await written()).toBeGreaterThan(before)
  })

  it('end when their sync is interrupted', async () => {
    endless()
    const command = millrace(dir, ['sync', 'endless'])
    await reading(command)
    command.process.kill('SIGINT')
    expect((await command.ended).code).not.toBe(0)
    expect(await containers()).toEqual([])
  })

  it('end when their run is cancelled on the page', async () => {
    endless()
    const up = await startUp(dir)
    onTestFinished(() => up.stop())
    await up.post('/materialize', { selection: 'raw/dummy_fields' })
    const { runs } = await up.get<{ runs: { id: string; status: string }[] }>('/runs')
    await running()
    await sleep(3_000)
    await up.post(`/runs/${runs[0]?.id}/cancel`, {})
    await isGone()
    await eventually('the run is cancelled', async () => {
      const { runs } = await up.get<{ runs: { status: string }[] }>('/runs')
      return runs[0]?.status === 'cancelled'
    })
  })

  it('of a Millrace that was killed end with the next container', async () => {
    endless()
    const command = millrace(dir, ['sync', 'endless'])
    const left = await reading(command)
    command.process.kill('SIGKILL')
    await command.ended
    connect('other', 'hardcoded', { count: 1 }, '{ products: {} }')
    expect(await run('check', 'other')).toMatchObject({ code: 0 })
    expect(await containers()).not.toContain(left)
  })

  it('whose engine or image fails are told of by what there is to do', async () => {
    const spec = async (image: string, program = engine, env: NodeJS.ProcessEnv = {}) => {
      const command = millrace(dir, ['connectors', 'spec', '--image', image, '--container-engine', program], env)
      await command.ended
      return command.output()
    }
    expect(await spec('localhost:1/no/such:1')).toMatch(/`localhost:1\/no\/such:1` is not on this machine[\s\S]*pull/)
    expect(await spec(tag('without-entrypoint'))).toMatch(/no program[\s\S]*SOURCE_PROGRAM_MISSING[\s\S]*ENTRYPOINT/)
    expect(await spec(tag('faker'), 'no-such-engine')).toMatch(/SOURCE_PROGRAM_MISSING[\s\S]*Docker or Podman/)
    // Podman has no server that could be away.
    if (!/podman/i.test(await tell('--version')))
      expect(await spec(tag('faker'), engine, { DOCKER_HOST: 'unix:///nowhere.sock' })).toMatch(
        /does not answer[\s\S]*SOURCE_PROGRAM_FAILED/,
      )
  })

  it('that had no memory left are told of', async () => {
    const program = join(extra, 'little-memory')
    writeFileSync(
      join(dir, 'extract_load/small.yaml'),
      `name: small\nsource: { connector: airbyte, config: { image: '${tag('hardcoded')}', container_engine: '${program}', config: { count: 10 } } }\ndestination: { schema: raw }\nstreams: { products: {} }\n`,
    )
    const { code, output } = await run('check', 'small')
    expect(code).not.toBe(0)
    expect(output).toMatch(/exit code 137: it was killed[\s\S]*memory/)
    expect(await containers()).toEqual([])
  })
})
