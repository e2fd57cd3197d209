import {
  type AssetSpec,
  type AutomationState,
  automationOfAsset,
  type ConditionEvaluation,
  conditionName,
  type Definitions,
  isAbandoned,
  isKeptWhole,
  nextTicks,
  type Run,
  type RunStep,
  type ScheduleSpec,
  type SensorSpec,
  switches,
  type Tick,
  whyAbandoned,
  whyQueued,
} from '../../orchestrate/index.js'
import { conditionReason } from '../contract/condition-reason.js'
import type { AssetConditions, AssetWhy, WhyReason } from '../contract/index.js'
import { type AssetStates, assetSummary, checkSummaries, partitionsReason } from './assets.js'
import { type Lateness, targetOf } from './lateness.js'
import { staleOf } from './staleness.js'

/** What is known of an asset and of everything that could make it. */
export interface WhyFacts {
  readonly definitions: Definitions
  readonly asset: AssetSpec
  readonly states: AssetStates
  readonly now: Date
  readonly isDaemonUp: boolean
  /** Whether the server has the secret of a webhook, which is the environment variable of this name. */
  readonly hasSecret: (variable: string) => boolean
  /** Runs that were taken from the queue and have not ended, and those that wait, in the order in which they are taken. */
  readonly queue: Parameters<typeof whyQueued>[1]
  /** Its step in runs that go on. */
  readonly steps: readonly { readonly run: Run; readonly step: RunStep }[]
  /** Its step in the latest run that touched it. */
  readonly last?: { readonly run: Run; readonly step: RunStep } | undefined
  /** The schedules and sensors that cover it. */
  readonly askers: Askers
  readonly automations: readonly AutomationState[]
  /** The newest tick of each schedule and sensor that covers it, by name. */
  readonly ticks: ReadonlyMap<string, Tick>
  /** The newest evaluation of its condition. */
  readonly evaluation?: ConditionEvaluation | undefined
  readonly late?: Lateness | undefined
}

export type Askers = Pick<Definitions, 'schedules' | 'sensors'>

/** The schedules and sensors whose target holds an asset. */
export function askersOf(definitions: Definitions, asset: string): Askers {
  const covers = ({ target }: { readonly target: string }) => targetOf(definitions, target).has(asset)
  return { schedules: definitions.schedules.filter(covers), sensors: definitions.sensors.filter(covers) }
}

/** Why an asset was, or was not, made: what stands in the way of any run first, what would ask for one last. */
export function whyOf(facts: WhyFacts): AssetWhy {
  const { definitions, asset, states, late } = facts
  if (!asset.isExecutable)
    return { reasons: [{ weight: 'tells', text: 'Others make it; Millrace only knows that it is there.' }] }
  const running = states.running.get(asset.key)
  if (running !== undefined)
    return {
      reasons: [{ weight: 'waits', text: `Run ${short(running)} is making it now.`, link: { to: 'run', id: running } }],
    }
  const { health } = assetSummary(definitions, asset, states)
  return {
    reasons: [
      ...onTheWay(facts),
      ...standstill(facts),
      ...lastAttempt(facts),
      ...partitionWords(facts),
      ...badUpstream(facts),
      // It is stale because its condition does not hold: that is the answer.
      ...ownCondition(facts),
      ...(health === 'stale' ? staleWords(facts) : []),
      ...(late ? [{ weight: 'tells' as const, text: `It is late by ${late.by}.`, at: late.dueAt }] : []),
      ...askerWords(facts),
      ...unmadeUpstream(facts),
    ],
  }
}

const hasEnded: ReadonlySet<RunStep['status']> = new Set(['succeeded', 'failed', 'skipped', 'cancelled'])
const short = (id: string) => id.slice(-8)
const firstLine = (text: string) => text.split('\n')[0] ?? ''

const mostOnTheWay = 5

/** Runs that will make it. */
function onTheWay({ definitions, asset, queue, steps }: WhyFacts): WhyReason[] {
  const abandoned = steps
    .filter(({ run, step }) => isAbandoned(run) && !hasEnded.has(step.status))
    .map(
      ({ run }): WhyReason => ({
        weight: 'waits',
        text: `Run ${short(run.id)} was to make it: ${whyAbandoned(queue.slots)}.`,
        link: { to: 'run', id: run.id },
      }),
    )
  const planned = steps
    .filter(({ run, step }) => !isAbandoned(run) && step.status === 'pending')
    .map(({ run, step }): WhyReason => {
      const waits = step.reason ?? `it waits for ${listed(step.upstream, 'the steps before it')}`
      return { weight: 'waits', text: `Run ${short(run.id)} will make it: ${waits}.`, link: { to: 'run', id: run.id } }
    })
  const queued = queue.queued
    .filter((run) => targetOf(definitions, run.selection).has(asset.key))
    .slice(0, mostOnTheWay)
    .map(
      (run): WhyReason => ({
        weight: 'waits',
        text: `Run ${short(run.id)} waits in the queue: ${whyQueued(run, queue)}.`,
        at: run.createdAt,
        link: { to: 'run', id: run.id },
      }),
    )
  return [...abandoned, ...planned, ...queued].slice(0, mostOnTheWay)
}

function listed(names: readonly string[], none: string): string {
  if (names.length === 0) return none
  const [first, ...others] = names
  return others.length === 0 ? `${first}` : `${first} and ${others.length} more`
}

/** What keeps everything from being made. */
function standstill({ definitions, asset, queue, isDaemonUp }: WhyFacts): WhyReason[] {
  const reasons: WhyReason[] = []
  if (queue.slots.workers === 0)
    reasons.push({
      weight: 'holds',
      text: 'No worker claims runs at the moment, so nothing is made: start `millrace worker`.',
      link: { to: 'deployment' },
    })
  const [problem] = definitions.problems
  const part = definitions.broken?.find(({ steps }) => steps.includes(asset.step ?? ''))
  if (part)
    reasons.push({
      weight: 'holds',
      text: `It does not run until ${part.file} is mended: ${firstLine(part.error.message)}`,
      at: part.since,
      link: { to: 'overview' },
    })
  else if (problem && !isKeptWhole(definitions))
    reasons.push({
      weight: 'holds',
      text: `The project cannot be read as a whole, so schedules start nothing: ${firstLine(problem.message)}`,
      link: { to: 'overview' },
    })
  if (!isDaemonUp)
    reasons.push({
      weight: 'holds',
      text: 'The daemon does not run: no schedule fires and no condition is evaluated.',
      link: { to: 'deployment' },
    })
  return reasons
}

function lastAttempt({ asset, states, last }: WhyFacts): WhyReason[] {
  const state = states.assets.get(asset.key)
  const link = last && { link: { to: 'run' as const, id: last.run.id } }
  if (state?.lastError) {
    const message = firstLine(state.lastError.message)
    return [
      {
        weight: 'holds',
        text: `The last attempt failed: ${message}`,
        ...(state.lastFailedAt ? { at: state.lastFailedAt } : {}),
        ...link,
      },
    ]
  }
  if (last?.step.status === 'skipped') {
    const reason = last.step.reason ?? 'something that it needs was not there'
    const at = last.step.endedAt ?? last.run.createdAt
    return [{ weight: 'holds', text: `The last run left it out: ${reason}.`, at, ...link }]
  }
  if (last?.step.status === 'cancelled') {
    // One that took too long is ended in the same way, and says so.
    const text = last.run.error
      ? `The last run ended before it was made: ${firstLine(last.run.error.message)}`
      : 'The last run was cancelled before it was made.'
    return [{ weight: 'holds', text, at: last.run.createdAt, ...link }]
  }
  return []
}

/** Partitions that are not as they should be, whatever became of the last attempt. */
function partitionWords({ asset, states }: WhyFacts): WhyReason[] {
  const counts = states.partitions.get(asset.key)
  if (!counts || counts.failed + counts.missing === 0) return []
  const link = { to: 'asset', key: asset.key, tab: 'partitions' } as const
  return [{ weight: counts.failed > 0 ? 'holds' : 'tells', text: `${partitionsReason(counts)}.`, link }]
}

const mostUpstream = 3

/** What it reads besides earlier partitions of its own. */
const othersOf = ({ key, deps }: AssetSpec): ReadonlySet<string> => new Set(deps.filter((dep) => dep !== key))

/** What it needs, and is not good: a run of both leaves it out. */
function badUpstream({ definitions, asset, states }: WhyFacts): WhyReason[] {
  const deps = othersOf(asset)
  return definitions.assets
    .filter((one) => deps.has(one.key) && one.isExecutable)
    .flatMap(({ key }): WhyReason[] => {
      const state = states.assets.get(key)
      if (state?.lastError)
        return [{ weight: 'holds', text: `It needs ${key}, which failed.`, link: { to: 'asset', key } }]
      const check = checkSummaries(definitions, key, states).find((one) => one.isBlocking && one.status === 'failed')
      if (check)
        return [
          {
            weight: 'holds',
            text: `It needs ${key}, whose check ${check.name} fails and blocks.`,
            ...(check.at ? { at: check.at } : {}),
            link: { to: 'asset', key, tab: 'checks' },
          },
        ]
      return []
    })
    .slice(0, mostUpstream)
}

/** What it needs, and was never made: a run of both makes both, so that this holds nothing by itself. */
function unmadeUpstream({ definitions, asset, states }: WhyFacts): WhyReason[] {
  const deps = othersOf(asset)
  const isUnmade = (key: string) => {
    const state = states.assets.get(key)
    return !state?.lastMaterializedAt && !state?.lastError
  }
  return definitions.assets
    .filter((one) => deps.has(one.key) && one.isExecutable && isUnmade(one.key))
    .slice(0, mostUpstream)
    .map(({ key }) => ({
      weight: 'tells',
      text: `It needs ${key}, which was never made.`,
      link: { to: 'asset', key },
    }))
}

function staleWords({ definitions, asset, states }: WhyFacts): WhyReason[] {
  const stale = staleOf(definitions, asset.key, states)
  if (!stale) return []
  const { reason, upstream } = stale
  const link = upstream === undefined ? { key: asset.key, tab: 'code' } : { key: upstream }
  return [{ weight: 'tells', text: `It is stale: ${reason}.`, link: { to: 'asset', ...link } }]
}

/** The condition that would ask for it, and what was found of it last. */
function ownCondition(facts: WhyFacts): WhyReason[] {
  const { definitions, asset, automations } = facts
  const own = automationOfAsset(definitions, asset.key)
  if (!own) return []
  const isOn = switches(automations)(own.automation)
  return [conditionWords(facts, own.automation.name, isOn, conditionName(own.condition))]
}

/** Schedules and sensors that would ask for it, and what they last said. */
function askerWords(facts: WhyFacts): WhyReason[] {
  const { definitions, asset, askers, automations } = facts
  const isOn = switches(automations)
  const reasons = [
    ...askers.schedules.map((one) => scheduleWords(facts, one, isOn(one))),
    ...askers.sensors.map((one) => sensorWords(facts, one, isOn(one))),
  ]
  if (reasons.length > 0 || automationOfAsset(definitions, asset.key)) return reasons
  return [{ weight: 'holds', text: 'Nothing makes it by itself: no schedule, no sensor and no condition covers it.' }]
}

function conditionWords({ asset, evaluation }: WhyFacts, name: string, isOn: boolean, label: string): WhyReason {
  const link = { to: 'asset', key: asset.key, tab: 'automation' } as const
  if (!isOn)
    return {
      weight: 'holds',
      text: `Its condition (${label}) asks for nothing: ${name} is switched off.`,
      link: { to: 'automation', name },
    }
  if (!evaluation) return { weight: 'waits', text: `Its condition (${label}) was not evaluated yet.`, link }
  const { at, isRequested, tree } = evaluation
  if (isRequested) return { weight: 'tells', text: `Its condition (${label}) held, and asked for it.`, at, link }
  const reason = conditionReason(tree as AssetConditions['evaluations'][number]['tree'])
  return { weight: 'holds', text: `Its condition (${label}) does not hold: ${reason}.`, at, link }
}

function scheduleWords(facts: WhyFacts, { name, cron, timezone }: ScheduleSpec, isOn: boolean): WhyReason {
  const link = { to: 'automation', name } as const
  if (!isOn) return { weight: 'holds', text: `The schedule ${name}, which covers it, is switched off.`, link }
  const tick = facts.ticks.get(name)
  const said = tick && tickWords(tick, `The schedule ${name}`)
  if (said) return { ...said, link }
  const next = nextTicks(cron, timezone, facts.now, 1)[0]?.toISOString()
  return {
    weight: 'waits',
    text: tick
      ? `The schedule ${name} asked for it, and will again.`
      : `The schedule ${name} has not fired yet; it will.`,
    ...(next ? { at: next } : {}),
    link,
  }
}

function sensorWords(
  { ticks, hasSecret }: WhyFacts,
  { name, webhook, monitored }: SensorSpec,
  isOn: boolean,
): WhyReason {
  const link = { to: 'automation', name } as const
  if (!isOn) return { weight: 'holds', text: `The sensor ${name}, which covers it, is switched off.`, link }
  if (webhook && !hasSecret(webhook.secret))
    return {
      weight: 'holds',
      text: `The webhook ${name}, which covers it, takes nothing: its secret ${webhook.secret} is not set on the server.`,
      link,
    }
  const tick = ticks.get(name)
  if (!tick && webhook) return { weight: 'waits', text: `To the webhook ${name} nothing was delivered yet.`, link }
  if (!tick && monitored)
    return { weight: 'waits', text: `Nothing happened yet that the sensor ${name} is told of.`, link }
  if (!tick) return { weight: 'waits', text: `The sensor ${name} was not asked yet.`, link }
  const said = tickWords(tick, `The sensor ${name}`)
  return said ? { ...said, link } : { weight: 'tells', text: `The sensor ${name} asked for a run.`, at: tick.at, link }
}

/** Of a tick that asked for nothing. */
function tickWords({ status, at, reason, error }: Tick, what: string): Omit<WhyReason, 'link'> | undefined {
  if (status === 'failed')
    return { weight: 'holds', text: `${what} failed: ${firstLine(error?.message ?? reason ?? 'without a word')}`, at }
  if (status === 'skipped')
    return { weight: 'holds', text: `${what} asked for nothing${reason ? `: ${reason.replace(/\.$/, '')}` : ''}.`, at }
  return undefined
}
