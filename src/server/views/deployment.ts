import {
  heldStatuses,
  isAbandoned,
  PoolRoom,
  type Run,
  type RunStatus,
  runSlots,
  whyAbandoned,
  whyQueued,
} from '../../orchestrate/index.js'
import { knownProcesses } from '../../platform/index.js'
import type { Deployment } from '../contract/index.js'
import type { Services } from '../services.js'
import { runSummary } from './runs.js'

/** Its loop takes a second. */
const daemonLateMs = 10_000

export async function isDaemonUp({ daemonLoopAt, clock }: Services): Promise<boolean> {
  const loop = await daemonLoopAt()
  return loop !== undefined && clock.now().getTime() - loop.getTime() < daemonLateMs
}

const listed = 100
const most = 1_000

/** Why a run that is queued does not start, or one whose worker was lost does not go on; undefined for all others. */
export async function waitsFor(services: Services, run: Run): Promise<string | undefined> {
  if (run.status === 'queued') {
    const [facts, before] = await Promise.all([queueFacts(services), services.store.queuedBefore(run.id)])
    return whyQueued(run, facts, before)
  }
  return isAbandoned(run) ? whyAbandoned((await queueFacts(services)).slots) : undefined
}

export async function deployment(services: Services): Promise<Deployment> {
  const { project, store, version } = services
  const { maxRuntimeMs, maxRetries = 0, pools, tags } = project.limits
  const [facts, counts, slots] = await Promise.all([queueFacts(services), store.countRuns(), store.poolSlots()])
  const definitions = slots.length === 0 ? undefined : await store.readDefinitions()
  const assetsOf = new Map(definitions?.steps.map(({ key, assets }) => [key, assets]))
  const place = (runId: string, step: string, since: string) => ({
    runId,
    step,
    assets: [...(assetsOf.get(step) ?? [])],
    since,
  })
  return {
    version,
    project: project.name,
    projectDir: project.dir,
    counts: { ...counts },
    slots: { ...facts.slots },
    processes: facts.processes.map((one) => ({ ...one })),
    ...(maxRuntimeMs === undefined ? {} : { maxRuntimeMs }),
    maxRetries,
    going: facts.going.slice(0, listed).map((run) => ({
      ...runSummary(run),
      ...(run.worker === undefined ? {} : { worker: run.worker }),
      ...(isAbandoned(run) ? { waitsFor: whyAbandoned(facts.slots) } : {}),
    })),
    queued: facts.queued.slice(0, listed).map((run) => ({ ...runSummary(run), waitsFor: whyQueued(run, facts) })),
    pools: [...pools].map(([name, limit]) => ({
      name,
      limit,
      taken: slots.flatMap(({ pool, runId, step, since }) =>
        pool === name && since !== undefined ? place(runId, step, since) : [],
      ),
      waiting: slots.flatMap(({ pool, runId, step, since, askedAt }) =>
        pool === name && since === undefined ? place(runId, step, askedAt) : [],
      ),
    })),
    tagLimits: tags.map(({ key, value, isPerValue = false, limit }) => ({
      key,
      ...(value === undefined ? {} : { value }),
      isPerValue,
      limit,
    })),
    retentionDays: { ...project.retentionDays },
  }
}

/** How many runs have one of these statuses. */
export const runsIn = (counts: Readonly<Record<RunStatus, number>>, statuses: readonly RunStatus[]): number =>
  statuses.reduce((sum, status) => sum + counts[status], 0)

/** What runs and what waits, the next to be taken first. */
export async function queueFacts(services: Services) {
  const { store, project } = services
  const { limits } = project
  const [going, queued, held, processes, definitions] = await Promise.all([
    store.listRuns({ statuses: heldStatuses, limit: most }),
    store.listRuns({ statuses: ['queued'], inQueueOrder: true, limit: most }),
    store.countRuns({ statuses: heldStatuses }),
    knownProcesses(store),
    store.readDefinitions(),
  ])
  return {
    going,
    definitions,
    room: definitions && limits.pools.size > 0 ? await PoolRoom.now(store, definitions, limits) : undefined,
    queued,
    limits,
    processes,
    slots: runSlots(processes, runsIn(held, heldStatuses)),
  }
}
