import type { RunDetail, RunEventView, RunStepView } from '../../../../src/server/contract/index.js'

/** What a person calls a step: the asset it makes, the connection it syncs, the check it does. */
export function stepTitle({ key, assets, checks }: Pick<RunStepView, 'key' | 'assets' | 'checks'>): string {
  if (key.startsWith('sync:')) return `sync ${key.slice('sync:'.length)}`
  const [check] = checks
  return assets[0] ?? (check ? `check ${check.name}` : key)
}

export const isCheck = (step: RunStepView) => step.assets.length === 0 && step.checks.length > 0

/** How it ended for a person: a check that was evaluated and did not hold is a failure, though its step ran well. */
export function outcomeOf(step: RunStepView): string {
  if (step.status !== 'succeeded') return step.status
  const ended = step.checks.map((check) => check.status)
  if (ended.includes('failed')) return 'failed'
  return ended.includes('warned') ? 'warned' : step.status
}

/** What of a step is not there for its failure, in the order in which it failed. Of several assets only events tell; without them it is nobody's. */
export function failedAssets(
  { key, assets, checks }: Pick<RunStepView, 'key' | 'assets' | 'checks'>,
  events: readonly Pick<RunEventView, 'type' | 'step' | 'asset'>[],
): readonly string[] {
  const bad = checks.filter(({ status }) => status === 'failed').map(({ asset }) => asset)
  if (assets.length <= 1 || bad.length > 0) {
    const [asset = assets[0] ?? checks[0]?.asset] = bad
    return asset === undefined ? [] : [asset]
  }
  const told = events.flatMap(({ type, step, asset }) =>
    type === 'asset_failed' && step === key && asset !== undefined ? [asset] : [],
  )
  return [...new Set(told)]
}

export const needsLook = (step: RunStepView) =>
  ['failed', 'warned', 'running', 'retrying', 'waiting'].includes(outcomeOf(step))

export interface StepGroup {
  readonly title: string
  readonly steps: readonly RunStepView[]
}

const groupTitles: readonly (readonly [RegExp, string])[] = [
  [/^sync:/, 'Syncs'],
  [/^dbt:seed\./, 'Seeds'],
  [/^dbt:model\./, 'Models'],
  [/^dbt:snapshot\./, 'Snapshots'],
  [/^ts:/, 'TypeScript'],
]

/** Steps of one sort together, in the order of the data; each sort in the order in which its steps began. */
export function groupSteps(steps: readonly RunStepView[]): StepGroup[] {
  const titleOf = (step: RunStepView) =>
    isCheck(step) ? 'Checks' : (groupTitles.find(([pattern]) => pattern.test(step.key))?.[1] ?? 'Other steps')
  const begun = (step: RunStepView) => step.startedAt ?? step.endedAt ?? '~'
  return [...groupTitles.map(([, title]) => title), 'Other steps', 'Checks'].flatMap((title) => {
    const members = steps.filter((step) => titleOf(step) === title)
    return members.length === 0
      ? []
      : [{ title, steps: members.sort((a, b) => (begun(a) < begun(b) ? -1 : begun(a) > begun(b) ? 1 : 0)) }]
  })
}

/** When all that a step waits for was there; undefined while something is still to come, or when it never came. */
export function readyAt(
  step: RunStepView,
  run: RunDetail,
  byKey: ReadonlyMap<string, RunStepView>,
): string | undefined {
  let ready = run.startedAt
  for (const key of step.upstream) {
    const above = byKey.get(key)
    if (!above || (ready !== undefined && above.endedAt && above.endedAt <= ready)) continue
    if (!above.endedAt || above.status !== 'succeeded') return undefined
    ready = above.endedAt
  }
  return ready
}

/** When it stood still while the time ran that is drawn as its own. */
export const standstills = ({ waits, startedAt, endedAt }: RunStepView) =>
  waits
    .map(({ from, to = endedAt }) => ({ from, to }))
    .filter(({ to }) => startedAt !== undefined && (to === undefined || to > startedAt))

/** Places on a time axis that a person reads at once. */
export function ticks(spanMs: number, most: number): number[] {
  const steps = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1.8e6, 3.6e6,
    7.2e6, 2.16e7, 8.64e7,
  ]
  const step = steps.find((one) => spanMs / one <= most) ?? spanMs
  return Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, i) => i * step)
}
