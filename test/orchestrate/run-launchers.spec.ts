import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLogger, setTracer, silentLogger, systemClock } from '../../src/base/index.js'
import {
  LaunchedRuns,
  type LauncherSettings,
  openLauncher,
  type Run,
  type RunLauncher,
  runEngine,
  runWorkerName,
} from '../../src/orchestrate/index.js'
import { type KubernetesServer, startKubernetes } from '../support/launchers/kubernetes-server.js'
import { eventually } from '../support/millrace.js'
import { type TestDatabase, testDatabase } from './database.js'
import { assetSpec, definitionsOf } from './definitions.js'

const support = (name: string) => fileURLToPath(new URL(`../support/launchers/${name}`, import.meta.url))
const secret = 'hunter2-of-the-store'

let database: TestDatabase
let dir: string
let kubernetes: KubernetesServer
/** Of the one schema that all tests of this file share: run workers are given its address by secrets. */
let url: string
let store: Awaited<ReturnType<TestDatabase['store']>>
const secrets: Record<string, Record<string, string>> = { store: {}, password: { value: secret } }

beforeAll(async () => {
  database = await testDatabase()
  store = await database.store()
  const [{ schema }] = (await store.sql('select current_schema() as schema')) as [{ schema: string }]
  url = `${database.server.url}?schema=${schema}`
  ;(secrets.store as Record<string, string>).MILLRACE_METASTORE_URL = url
  kubernetes = await startKubernetes(secrets)
  await store.publishDefinitions(
    definitionsOf({
      assets: [assetSpec('a')],
      steps: [{ key: 'a', kind: 'typescript', assets: ['a'], checks: [] } as never],
    }),
  )
})
afterAll(async () => {
  await kubernetes?.stop()
  await database?.stop()
})

/** What run workers read and write, see `run-worker.mjs`. */
const file = (name: string) => join(dir, 'gates', name)
const touch = (name: string) => writeFileSync(file(name), '')
const remove = (name: string) => rmSync(file(name), { force: true })
const linesOf = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8').trim().split('\n') : [])
/** The process of a run worker, once it has come so far. */
const pidOf = (what: 'launched' | 'begun' | 'late', run: string, token = 1) =>
  eventually(`${what} ${run} ${token}`, () => {
    const path = file(`${what}-${run}-${token}`)
    return existsSync(path) && Number(readFileSync(path, 'utf8'))
  })

const engines: { stop: AbortController; done: Promise<void>; launched: LaunchedRuns }[] = []
const stopEngine = async (one: (typeof engines)[number] | undefined) => {
  one?.stop.abort()
  await one?.done
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-launchers-'))
  await mkdir(join(dir, 'gates'))
  await mkdir(join(dir, 'docker'))
  writeFileSync(join(dir, 'docker.sh'), `#!/bin/sh\nexec "${process.execPath}" "${support('docker.mjs')}" "$@"\n`)
  await chmod(join(dir, 'docker.sh'), 0o755)
})
afterEach(async () => {
  for (const one of engines.splice(0)) await stopEngine(one)
  // What held a container may still note how it ended.
  await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
})

type Kind = LauncherSettings['type']
interface Wish {
  readonly image?: string
  readonly startTimeoutMs?: number
  readonly maxConcurrentRuns?: number
}

function settingsOf(kind: Kind, { image = 'shop:1', startTimeoutMs = 60_000 }: Wish): LauncherSettings {
  const command = [process.execPath, support('run-worker.mjs'), join(dir, 'gates')]
  if (kind === 'process') return { type: kind, startTimeoutMs }
  const ofImage = { startTimeoutMs, image, command, projectDir: undefined, labels: { team: 'data' } }
  if (kind === 'docker')
    return {
      type: kind,
      ...ofImage,
      commandLine: join(dir, 'docker.sh'),
      env: ['SHOP_PASSWORD'],
      network: 'shop',
      cpus: 1.5,
      memory: '1g',
      volumes: ['shop:/data'],
      user: undefined,
      imagePullPolicy: 'missing',
      metastoreUrl: undefined,
    }
  return {
    type: kind,
    ...ofImage,
    namespace: 'data',
    serviceAccount: 'millrace',
    imagePullPolicy: 'IfNotPresent',
    imagePullSecrets: ['registry'],
    envSecrets: ['store'],
    envConfigMaps: [],
    secretEnv: { SHOP_PASSWORD: { secret: 'password', key: 'value' } },
    requests: { cpu: '500m' },
    limits: { memory: '1Gi' },
    annotations: { 'example.com/owner': 'data' },
    nodeSelector: { pool: 'batch' },
    tolerations: [{ key: 'batch', operator: 'Exists', effect: 'NoSchedule' }],
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumes: [{ name: 'scratch', emptyDir: {} }],
    volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
    ttlSecondsAfterFinished: 600,
    apiServer: kubernetes.url,
    token: kubernetes.token,
    caFile: undefined,
  }
}

/** A process that launches runs, as far as its runs can tell. */
function launching(kind: Kind, wish: Wish = {}) {
  const settings = settingsOf(kind, wish)
  const env = { ...process.env, FAKE_DOCKER_DIR: join(dir, 'docker'), SHOP_PASSWORD: secret, OTEL_SERVICE_NAME: 'shop' }
  const launcher = openLauncher(settings, {
    project: 'shop',
    clock: systemClock,
    env,
    metastoreUrl: url,
    ownCommand: [
      ...(wish.image?.startsWith('missing') ? [join(dir, 'nothing-here')] : [process.execPath]),
      support('run-worker.mjs'),
      join(dir, 'gates'),
    ],
    logDir: join(dir, 'logs'),
  })
  // Tests need not wait for as long as a cluster may be asked.
  Object.assign(launcher, { pollMs: kind === 'docker' ? 200 : 50 })
  const stop = new AbortController()
  const { startTimeoutMs } = settings
  const launched = new LaunchedRuns({
    launcher,
    store,
    clock: systemClock,
    logger: silentLogger,
    startTimeoutMs,
    limits: {},
    otherVersionPauseMs: 300,
  })
  const done = runEngine({
    store,
    executors: [],
    definitions: () => Promise.reject(new Error('Who launches runs reads no project')),
    worker: `host-of-tests:${engines.length + 1}`,
    isGone: () => false,
    maxConcurrentRuns: wish.maxConcurrentRuns ?? 8,
    limits: { pools: new Map(), tags: [] },
    clock: systemClock,
    logger: silentLogger,
    signal: stop.signal,
    launched,
  })
  const engine = { stop, done, launched }
  engines.push(engine)
  return engine
}

const request = async (tags = {}) =>
  (await store.requestRun({ selection: 'a', trigger: { type: 'manual' }, tags })).run.id
const ended = (id: string): Promise<Run> =>
  eventually('the run ends', async () => {
    const run = await store.getRun(id)
    return run?.endedAt !== undefined && run
  })
const told = async (id: string) =>
  (await store.readEvents({ runId: id })).map(({ type, message = '' }) => `${type} ${message}`)

describe.each(['process', 'docker', 'kubernetes'] as const)('runs launched by %s', { timeout: 60_000 }, (kind) => {
  it('are executed by run workers, once, and nothing secret is seen on the way', async () => {
    launching(kind)
    const runs = [await request(), await request()]
    for (const id of runs) {
      expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: 1 })
      const events = await told(id)
      expect(events.find((event) => event.startsWith('run_launched'))).toContain(`millrace-run-${id}-1`)
      expect(events).toContain(`log Taken up by the run worker millrace-run-${id}-1`)
    }
    expect(linesOf('made').sort()).toEqual([...runs].sort())
    const commandLines = join(dir, 'docker', 'command-lines')
    const seen =
      kind === 'docker'
        ? readFileSync(commandLines, 'utf8')
        : JSON.stringify(kubernetes.manifests.filter((one) => JSON.stringify(one).includes(runs[0] ?? '')))
    expect(seen).not.toContain(secret)
    expect(seen).not.toContain(database.server.url)
    if (kind === 'docker') {
      expect(seen).toContain('--network shop --cpus 1.5 --memory 1g --volume shop:/data --env SHOP_PASSWORD')
      expect(seen).toContain('--env OTEL_SERVICE_NAME')
      await eventually('its containers are gone', async () => (await readdir(join(dir, 'docker'))).length === 1)
    }
    if (kind === 'process')
      await eventually('what it wrote is gone', async () => (await readdir(join(dir, 'logs'))).length === 0)
  })

  it('are taken up again at once when their run worker is killed', async () => {
    launching(kind)
    touch('hold')
    const id = await request()
    process.kill(await pidOf('begun', id), 'SIGKILL')
    // The token of the claim, the one that its run worker took, the one of the next claim.
    await pidOf('begun', id, 3)
    remove('hold')
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: 2 })
    expect(await told(id)).toContainEqual(
      expect.stringMatching(
        /log The run worker millrace-run-\S+-1 (was ended by the signal SIGKILL|ended with exit code 137)/,
      ),
    )
    expect(linesOf('made')).toEqual([id])
  })

  it('are launched anew when their run worker is killed before it took them up', async () => {
    launching(kind)
    touch('hold-start')
    const id = await request()
    process.kill(await pidOf('launched', id), 'SIGKILL')
    await pidOf('launched', id, 2)
    remove('hold-start')
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: 2 })
    expect(linesOf('made')).toEqual([id])
  })

  it('fail with what a run worker said that ended before it took them up', async () => {
    launching(kind)
    touch('broken')
    const { status, error } = await ended(await request())
    expect([status, error?.code]).toEqual(['failed', 'RUN_WORKER_FAILED'])
    expect(error?.message).toContain('exit code 2')
    expect(error?.message).toContain('There is no project here.')
  })

  it('leave no step without an end, where nobody takes up what a killed run worker had begun', async () => {
    launching(kind)
    touch('hold')
    const id = await request()
    const pid = await pidOf('begun', id)
    touch('broken')
    process.kill(pid, 'SIGKILL')
    expect(await ended(id)).toMatchObject({ status: 'failed', attempt: 2, error: { code: 'RUN_WORKER_FAILED' } })
    const reason = 'no run worker took the run up again'
    expect(await store.listSteps(id)).toMatchObject([{ status: 'skipped', reason }])
    expect((await told(id)).filter((event) => event.startsWith('step_skipped'))).toEqual([`step_skipped ${reason}`])
  })

  it('go back to the queue where their run worker is older than the store, and count no attempt', async () => {
    launching(kind)
    touch('older')
    const id = await request()
    await eventually('it is told', async () =>
      (await told(id)).some((event) => event.includes('is older than the store')),
    )
    await pidOf('launched', id, 2)
    remove('older')
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: 1 })
    expect(linesOf('made')).toEqual([id])
  })

  it('fail where what is to be launched is not there', async () => {
    launching(kind, { image: 'missing:1', startTimeoutMs: kind === 'kubernetes' ? 300 : 60_000 })
    const id = await request()
    const { status, error } = await ended(id)
    const [code, text] = {
      process: ['RUN_LAUNCH_FAILED', 'ENOENT'],
      docker: ['RUN_LAUNCH_FAILED', 'pull access denied for missing:1'],
      kubernetes: ['RUN_START_TIMEOUT', 'ImagePullBackOff: Back-off pulling image "missing:1"'],
    }[kind]
    expect([status, error?.code]).toEqual(['failed', code])
    expect(error?.message).toContain(text)
    if (kind === 'kubernetes') {
      expect(await told(id)).toContainEqual(expect.stringContaining('does not start yet: ImagePullBackOff'))
      expect(kubernetes.jobNames()).not.toContain(`millrace-run-${id}-1`)
    }
  })

  it('are cancelled before and after they were taken up', async () => {
    launching(kind)
    touch('hold-start')
    touch('hold')
    const early = await request()
    const pid = await pidOf('launched', early)
    await store.requestCancel(early)
    expect(await ended(early)).toMatchObject({ status: 'cancelled', attempt: 1 })
    await eventually('its run worker is gone', () => !isAlive(pid))
    remove('hold-start')
    const late = await request()
    await pidOf('begun', late)
    await store.requestCancel(late)
    expect(await ended(late)).toMatchObject({ status: 'cancelled' })
    expect(linesOf('made')).toEqual([])
  })

  it('go on when who launched them ends, and go back to the queue when they were not taken up', async () => {
    const first = launching(kind)
    touch('hold')
    const going = await request()
    const pid = await pidOf('begun', going)
    touch('hold-start')
    const waiting = await request()
    const early = await pidOf('launched', waiting)
    await stopEngine(first)
    expect(await store.getRun(waiting)).toMatchObject({ status: 'queued', attempt: 0 })
    await eventually('it is ended', () => !isAlive(early))
    remove('hold-start')
    const { launched } = launching(kind)
    await pidOf('begun', waiting, 2)
    if (kind !== 'process') {
      // The next one looks after what it did not launch.
      await eventually('it was found', () => launched.count === 2)
      process.kill(pid, 'SIGKILL')
      await pidOf('begun', going, 3)
    }
    remove('hold')
    expect(await ended(going)).toMatchObject({ status: 'succeeded', attempt: kind === 'process' ? 1 : 2 })
    expect(await ended(waiting)).toMatchObject({ status: 'succeeded', attempt: 1 })
    expect(linesOf('made').sort()).toEqual([going, waiting].sort())
  })
})

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

describe('launched runs', { timeout: 60_000 }, () => {
  it('are no more at once than all launching processes together may have', async () => {
    touch('hold')
    launching('process', { maxConcurrentRuns: 2 })
    launching('process', { maxConcurrentRuns: 2 })
    const runs: string[] = []
    for (let i = 0; i < 4; i++) runs.push(await request())
    await eventually('two have begun', () => linesOf('begun').length === 2)
    const going = await store.listRuns({ statuses: ['starting', 'running'], limit: 10 })
    expect(going).toHaveLength(2)
    remove('hold')
    for (const id of runs) expect((await ended(id)).status).toBe('succeeded')
    expect(linesOf('made').sort()).toEqual([...runs].sort())
  })

  it('are launched inside of a span of their own, and leave that of the run to the run worker', async () => {
    const spans: string[] = []
    const span = { traceparent: undefined, set() {}, event() {}, fail() {} }
    setTracer({
      showsSql: false,
      current: () => span,
      inSpan: (name, { shared, traceId }, work) => {
        spans.push(`${name} ${shared?.['millrace.run.id']} ${traceId}`)
        return work(span)
      },
    })
    try {
      launching('process')
      const id = await request()
      await ended(id)
      expect(spans).toEqual([`launch run ${id} ${id.replaceAll('-', '')}`])
    } finally {
      setTracer()
    }
  })

  it('are tried again, all of it, where they could not be launched', async () => {
    launching('process')
    touch('broken')
    const first = await request({ 'millrace/max_retries': '1' })
    await ended(first)
    remove('broken')
    const second = await eventually('it is tried again', async () => {
      const [run] = await store.listRuns({ limit: 1 })
      return run?.id !== first && run
    })
    expect(second).toMatchObject({ trigger: { type: 'retry', name: first }, rerun: 'all', parentRunId: first })
    expect((await ended(second.id)).status).toBe('succeeded')
    expect(linesOf('made')).toEqual([second.id])
  })

  it('are looked after one by one: the run of one is freed though another cannot be looked at', async () => {
    for (let i = 0; i < 2; i++) await request()
    for (const { lease } of await store.claimRuns('launcher:1', 60_000, { most: 2 }))
      await store.takeLease(lease, runWorkerName(lease), 60_000)
    let asked: string | undefined
    const launcher: RunLauncher = {
      type: 'process',
      pollMs: 10,
      describe: (name) => name,
      launch: async () => {},
      terminate: async () => {},
      async state(name) {
        asked ??= name
        if (name === asked) throw new Error('nobody knows')
        return { status: 'ended', reason: 'ended with exit code 1', isKilled: false, exitCode: 1 }
      },
    }
    const said: string[] = []
    const logger = createLogger(({ message }) => said.push(message))
    const launched = new LaunchedRuns({
      launcher,
      store,
      clock: systemClock,
      logger,
      startTimeoutMs: 1_000,
      limits: {},
    })
    const stop = new AbortController()
    const watching = launched.watch(stop.signal)
    const free = await eventually('the other one is free', async () => {
      const [claimed] = await store.claimRuns('launcher:2', 60_000, { most: 1 })
      return claimed
    })
    stop.abort()
    await watching
    expect(said).toEqual(['Run workers could not be looked after: nobody knows'])
    await store.endRun(free.lease, 'cancelled')
    await store.expireLeases([asked ?? ''])
    const [left] = await store.claimRuns('launcher:2', 60_000, { most: 1 })
    if (left) await store.endRun(left.lease, 'cancelled')
  })

  it('a docker that gives no answer is given up', async () => {
    const hanging = join(dir, 'hanging.sh')
    writeFileSync(hanging, '#!/bin/sh\nexec sleep 60\n')
    await chmod(hanging, 0o755)
    const launcher = openLauncher({ ...settingsOf('docker', {}), commandLine: hanging } as LauncherSettings, {
      project: 'shop',
      clock: systemClock,
      env: process.env,
      metastoreUrl: url,
      ownCommand: [],
      logDir: join(dir, 'logs'),
    })
    Object.assign(launcher, { answersWithinMs: 200 })
    const state = launcher.state('millrace-run-1-1', { signal: new AbortController().signal })
    await expect(state).rejects.toMatchObject({
      code: 'RUN_LAUNCHER_UNREACHABLE',
      message: expect.stringContaining('inspect` gave no answer within 0.2 s.'),
    })
  })

  it('are taken over once, also where Kubernetes starts a second pod', async () => {
    touch('hold')
    launching('kubernetes')
    const id = await request()
    await pidOf('begun', id)
    kubernetes.startSecondPod(`millrace-run-${id}-1`)
    await pidOf('late', id)
    remove('hold')
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: 1 })
    expect(linesOf('made')).toEqual([id])
  })

  it('fail when no node has room for them, and say so', async () => {
    launching('kubernetes', { image: 'large:1', startTimeoutMs: 300 })
    const { error } = await ended(await request())
    expect(error?.code).toBe('RUN_START_TIMEOUT')
    expect(error?.message).toContain('Unschedulable: 0/3 nodes are available: 3 Insufficient memory.')
  })

  it('a run worker whose run was taken away from it is refused', async () => {
    const id = await request()
    const [claimed] = await store.claimRuns('launcher:1', 15_000, { most: 1 })
    const token = claimed?.lease.token ?? 0
    const taken = await store.takeLease({ runId: id, token }, 'worker-1', 15_000)
    expect(taken?.lease).toMatchObject({ token: token + 1, worker: 'worker-1' })
    expect(await store.takeLease({ runId: id, token }, 'worker-2', 15_000)).toBeUndefined()
    if (!claimed || !taken) throw new Error('It was not claimed')
    await expect(store.releaseRun(claimed.lease)).rejects.toMatchObject({ code: 'METASTORE_LEASE_LOST' })
    expect(await store.heartbeat([claimed.lease], 15_000)).toMatchObject({ held: [] })
    expect(await store.expireLease({ runId: id, worker: 'launcher:1' }, 'gone')).toBe(false)
    expect(await store.expireLease({ runId: id, worker: 'worker-1' }, 'gone')).toBe(true)
    const [again] = await store.claimRuns('launcher:2', 15_000, { most: 1 })
    await expect(store.endRun(taken.lease, 'succeeded')).rejects.toMatchObject({ code: 'METASTORE_LEASE_LOST' })
    if (again) await store.endRun(again.lease, 'succeeded')
  })
})
