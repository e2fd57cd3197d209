import type { EventFilter, OrchestrateStore, RunEvent } from '../contract/index.js'

export type AlertKind = 'run_failed' | 'check_failed' | 'freshness_failed' | 'automation_failed' | 'schema_changed'

/** What somebody is told, as a webhook is sent it. */
export interface Alert {
  readonly type: AlertKind
  readonly at: string
  readonly project: string
  readonly message: string
  readonly runId?: string | undefined
  /** What the run was to make. */
  readonly selection?: string | undefined
  readonly partitions?: string | undefined
  readonly asset?: string | undefined
  readonly check?: string | undefined
  /** The schedule or sensor. */
  readonly automation?: string | undefined
  /** The page that tells more. */
  readonly url: string
}

export interface AlertWish {
  readonly project: string
  /** Where the page is that alerts lead to. */
  readonly pageUrl: string
  /** All kinds when left out. */
  readonly on?: readonly AlertKind[] | undefined
  /** Also of a failed run that is tried again by itself. */
  readonly eachTry?: boolean | undefined
}

const eventOf = {
  run_failed: 'run_failed',
  check_failed: 'check_evaluated',
  freshness_failed: 'asset_freshness',
  automation_failed: 'automation_failed',
  schema_changed: 'schema_changed',
} as const satisfies Record<AlertKind, RunEvent['type']>

/** Which events may be alerts; whether one is, `alertOf` says. Of checks and freshness most tell that all is well. */
export function alertEvents(on: AlertWish['on']): Pick<EventFilter, 'types' | 'onlyErrorsOf'> {
  const kinds = on ?? (Object.keys(eventOf) as AlertKind[])
  return { types: kinds.map((kind) => eventOf[kind]), onlyErrorsOf: ['check_evaluated', 'asset_freshness'] }
}

/** What an event means to whoever wants to be told; undefined where that is nothing. */
export async function alertOf(
  event: RunEvent,
  store: Pick<OrchestrateStore, 'getRun' | 'readEvents'>,
  { project, pageUrl, eachTry = false, on }: AlertWish,
): Promise<Alert | undefined> {
  const { at, runId, asset, check } = event
  const common = { at, project, runId, url: `${pageUrl}/runs/${runId}` }
  const assetUrl = `${pageUrl}/assets/${encodeURIComponent(asset ?? '')}`
  if (event.type === 'run_failed') {
    // Another run does it once more: what matters is how the last one ends.
    if (event.metadata?.tried_again === true && !eachTry) return undefined
    const run = await store.getRun(runId)
    const { selection, partitions, error } = run ?? {}
    return { type: 'run_failed', ...common, selection, partitions, message: error?.message ?? 'The run failed.' }
  }
  if (event.type === 'asset_freshness') {
    if (event.level !== 'error') return undefined
    return { type: 'freshness_failed', at, project, asset, url: assetUrl, message: event.message ?? '' }
  }
  if (event.type === 'schema_changed') {
    if (check !== undefined && (await isToldOtherwise(event, store, on))) return undefined
    const message = `The columns of ${asset} changed: ${event.message}`
    return { type: 'schema_changed', at, project, runId, asset, check, url: assetUrl, message }
  }
  if (event.type === 'automation_failed') {
    const automation = String(event.metadata?.automation ?? '')
    const url = `${pageUrl}/automation#${encodeURIComponent(automation)}`
    return { type: 'automation_failed', at, project, automation, url, message: event.message ?? '' }
  }
  if (event.type !== 'check_evaluated' || event.level !== 'error') return undefined
  const why = event.message ? `: ${event.message}` : '.'
  return { type: 'check_failed', ...common, asset, check, message: `The check ${check} of ${asset} failed${why}` }
}

/**
 * Of what a check found of columns: whether the sync told it, or that the check failed is told. The sync tells it before all checks, the
 * check right before.
 */
async function isToldOtherwise(
  { id, runId, asset, check }: RunEvent,
  store: Pick<OrchestrateStore, 'readEvents'>,
  on: AlertWish['on'],
): Promise<boolean> {
  const earlier = { runId, asset, before: id, newestFirst: true }
  const [changes, [outcome]] = await Promise.all([
    store.readEvents({ ...earlier, types: ['schema_changed'], limit: 100 }),
    store.readEvents({ ...earlier, types: ['check_evaluated'], check, limit: 1 }),
  ])
  const isOfSync = changes.some((event) => event.check === undefined)
  return isOfSync || (outcome?.level === 'error' && (on?.includes('check_failed') ?? true))
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** What happened, in a line. */
export function alertHead({ type, selection, partitions, asset, automation }: Alert): string {
  if (type === 'check_failed') return 'a check failed'
  if (type === 'schema_changed') return `the columns of ${asset} changed`
  if (type === 'freshness_failed') return `${asset} is not fresh any more`
  if (type === 'automation_failed') return `the ticks of ${automation} fail`
  const what = selection === '*' ? 'everything' : [selection, partitions].filter(Boolean).join(', ')
  return `a run of ${what} failed`
}

const linkWords: Partial<Record<AlertKind, string>> = {
  freshness_failed: 'Open the asset',
  schema_changed: 'Open the asset',
  automation_failed: 'Open the automation',
}

/** The same as Slack, and what understands its webhooks, shows it. */
export function slackText(alert: Alert): string {
  const { type, project, message, url } = alert
  const link = linkWords[type] ?? 'Open the run'
  return `*${escaped(project)}*: ${escaped(alertHead(alert))}\n${escaped(message.split('\n')[0] ?? '')}\n<${url}|${link}>`
}
