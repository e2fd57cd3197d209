import type { OrchestrateStore, RunEvent } from '../contract/index.js'

export type AlertKind = 'run_failed' | 'check_failed' | 'freshness_failed' | 'automation_failed'

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

/** The events that may be alerts; whether one is, `alertOf` says. */
export const alertEvents = [
  'run_failed',
  'check_evaluated',
  'asset_freshness',
  'automation_failed',
] as const satisfies readonly RunEvent['type'][]

/** What an event means to whoever wants to be told; undefined where that is nothing. */
export async function alertOf(
  event: RunEvent,
  store: Pick<OrchestrateStore, 'getRun'>,
  { project, pageUrl }: { readonly project: string; readonly pageUrl: string },
): Promise<Alert | undefined> {
  const { at, runId, asset, check } = event
  const common = { at, project, runId, url: `${pageUrl}/runs/${runId}` }
  if (event.type === 'run_failed') {
    const run = await store.getRun(runId)
    const { selection, partitions, error } = run ?? {}
    return { type: 'run_failed', ...common, selection, partitions, message: error?.message ?? 'The run failed.' }
  }
  if (event.type === 'asset_freshness') {
    if (event.level !== 'error') return undefined
    const url = `${pageUrl}/assets/${encodeURIComponent(asset ?? '')}`
    return { type: 'freshness_failed', at, project, asset, url, message: event.message ?? '' }
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

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** What happened, in a line. */
export function alertHead({ type, selection, partitions, asset, automation }: Alert): string {
  if (type === 'check_failed') return 'a check failed'
  if (type === 'freshness_failed') return `${asset} is not fresh any more`
  if (type === 'automation_failed') return `the ticks of ${automation} fail`
  const what = selection === '*' ? 'everything' : [selection, partitions].filter(Boolean).join(', ')
  return `a run of ${what} failed`
}

/** The same as Slack, and what understands its webhooks, shows it. */
export function slackText(alert: Alert): string {
  const { type, project, message, url } = alert
  const link =
    type === 'freshness_failed'
      ? 'Open the asset'
      : type === 'automation_failed'
        ? 'Open the automation'
        : 'Open the run'
  return `*${escaped(project)}*: ${escaped(alertHead(alert))}\n${escaped(message.split('\n')[0] ?? '')}\n<${url}|${link}>`
}
