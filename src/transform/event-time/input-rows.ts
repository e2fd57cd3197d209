import { quoteIdentifier } from '../../sql/index.js'
import type { RelationRules } from '../adapter/relation.js'
import type { ManifestNode, ManifestSource } from '../contract.js'
import { type EventWindow, overlap, windowCondition } from './event-window.js'

/** Which rows of its inputs a node is to see. */
export interface InputRows {
  /** `--empty` */
  readonly isEmpty: boolean
  /** `--sample` */
  readonly sample?: EventWindow | undefined
  /** The batch of a microbatch model that is being run. */
  readonly batch?: EventWindow | undefined
}

/** As the relation of an input shows it. Only models and snapshots read by event time, from what has one. */
export function narrowed(
  target: ManifestNode | ManifestSource,
  node: ManifestNode,
  rows: InputRows,
  {
    eventTime = (column) => column,
    quoteIdentifier: quote = quoteIdentifier,
  }: Pick<RelationRules, 'eventTime' | 'quoteIdentifier'> = {},
) {
  const limit = rows.isEmpty ? 0 : null
  const window = rows.batch && rows.sample ? overlap(rows.batch, rows.sample) : (rows.batch ?? rows.sample)
  const field = eventTimeField(target, quote)
  const isReading = node.resource_type === 'model' || node.resource_type === 'snapshot'
  return {
    limit,
    filter: window && field !== undefined && isReading ? windowCondition(eventTime(field), window) : null,
  }
}

/** The column of `event_time`, quoted where its column or the source says so. */
function eventTimeField(target: ManifestNode | ManifestSource, quote: (name: string) => string): string | undefined {
  const field = target.config.event_time
  if (typeof field !== 'string' || field === '') return undefined
  const column = Object.values(target.columns).find(({ name }) => name === field)
  const quoting = target.quoting as { column?: boolean | null } | undefined
  const isQuoted = column?.quote ?? quoting?.column ?? false
  return isQuoted ? quote(field) : field
}
