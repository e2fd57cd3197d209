import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { processName } from '../../src/base/index.js'
import { isRunning } from '../support/is-running.js'
import { SyncBench } from '../support/sync-bench.js'

/** A stand-in for an engine of containers: what `run` starts goes on when its client ends. */
const docker = fileURLToPath(new URL('../support/launchers/docker.mjs', import.meta.url))
const connector = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
  mkdirSync(bench.path('containers'))
  for (const [name, variable, program] of [
    ['engine', `FAKE_DOCKER_DIR='${bench.path('containers')}'`, docker],
    ['image', '', connector],
  ] as const) {
    await writeFile(bench.path(name), `#!/bin/sh\n${variable} exec '${process.execPath}' '${program}' "$@"\n`)
    await chmod(bench.path(name), 0o755)
  }
})
afterEach(() => bench.close())

const record = (data: object) => ({ type: 'RECORD', record: { stream: 's', data, emitted_at: 1 } })
const complete = {
  type: 'TRACE',
  trace: { type: 'STREAM_STATUS', stream_status: { stream_descriptor: { name: 's' }, status: 'COMPLETE' } },
}
const streams = [
  { name: 's', json_schema: { properties: { id: { type: 'integer' } } }, supported_sync_modes: ['full_refresh'] },
]
const source = (config: object, of = bench.path('image')) =>
  `{ connector: airbyte, config: { image: '${of}', container_engine: '${bench.path('engine')}', config: ${JSON.stringify({ streams, ...config })} } }`
const sync = async (from: string, options: object = {}) => (await bench.syncStreams(from, '{ s: {} }', options))[0]
const containers = () => readdirSync(bench.path('containers')).filter((name) => name !== 'command-lines')
const pidIn = (name: string) => JSON.parse(readFileSync(bench.path(`containers/${name}/state.json`), 'utf8')).Pid

it('a connector in a container is read, may read its files whoever it is, and leaves nothing', async () => {
  const seen = bench.path('seen')
  const result = await sync(source({ seen, script: [record({ id: 1 }), complete] }))
  expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
  expect(containers()).toEqual([])
  for (const line of readFileSync(seen, 'utf8').trim().split('\n')) expect(JSON.parse(line).mode).toBe(0o666)
  // The engine's log of what it said would be a copy of all rows.
  for (const line of readFileSync(bench.path('containers/command-lines'), 'utf8').trim().split('\n'))
    expect(line).toContain('--log-driver none')
})

it('a container ends when its sync is cancelled, also one whose client hears nothing', async () => {
  const controller = new AbortController()
  let pid = 0
  const script = [...Array.from({ length: 10 }, (_, id) => record({ id })), { pause_ms: 60_000 }]
  const result = await sync(source({ script }), {
    signal: controller.signal,
    onProgress: () => {
      pid = pidIn(containers()[0] as string)
      controller.abort()
    },
  })
  expect(result).toMatchObject({ status: 'cancelled' })
  await expect.poll(() => isRunning(pid)).toBe(false)
  expect(containers()).toEqual([])
})

it('a container whose client is killed does not go on', async () => {
  let pid = 0
  const script = [record({ id: 1 }), { pause_ms: 60_000 }]
  const result = await sync(source({ script }), {
    onProgress: () => {
      pid ||= pidIn(containers()[0] as string)
      const { stdout } = spawnSync('pgrep', ['-f', `docker.mjs run .*${bench.dir}`], { encoding: 'utf8' })
      for (const client of stdout.trim().split('\n')) process.kill(Number(client), 'SIGKILL')
    },
  })
  expect(result).toMatchObject({ status: 'failed', error: { code: 'SOURCE_PROGRAM_FAILED' } })
  expect(containers()).toEqual([])
  await expect.poll(() => isRunning(pid)).toBe(false)
})

it.each(['Docker', 'Podman'])(
  'containers of a process that was killed end with the next that needs the engine; those of others stay: %s',
  async (kind) => {
    const { pid: ended } = spawnSync(process.execPath, ['--version'])
    const place = processName().replace(/\d+$/, '')
    const owners = { gone: `${place}${ended}`, here: processName(), elsewhere: `other-host:0:${ended}` }
    for (const [name, owner] of Object.entries(owners)) {
      const container = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
      onTestFinished(() => void container.kill('SIGKILL'))
      mkdirSync(bench.path(`containers/${name}`))
      const labels = { 'io.airbyte.name': 'x', 'millrace.owner': owner, version: '1' }
      const state = { asPodman: kind === 'Podman', Status: 'running', ExitCode: 0, Pid: container.pid, labels }
      writeFileSync(bench.path(`containers/${name}/state.json`), JSON.stringify(state))
    }
    const pid = pidIn('gone')
    expect(await sync(source({ script: [complete] }))).toMatchObject({ status: 'succeeded' })
    expect(containers().sort()).toEqual(['elsewhere', 'here'])
    await expect.poll(() => isRunning(pid)).toBe(false)
  },
)

it('an image that cannot be fetched, and one that has no program, are told of by their names', async () => {
  expect(await sync(source({}, 'missing/image:1'))).toMatchObject({
    status: 'failed',
    error: { code: 'SOURCE_PROGRAM_MISSING', message: expect.stringContaining('missing/image:1') },
  })
  expect(await sync(source({}, 'no-such-program'))).toMatchObject({
    status: 'failed',
    error: { code: 'SOURCE_PROGRAM_MISSING', hint: expect.stringContaining('ENTRYPOINT') },
  })
})
