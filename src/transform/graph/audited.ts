import type { ManifestNode } from '../contract.js'
import { isRefable } from './resource-types.js'

/** These hold no rows of their own: what they show is what was audited, or audited where it is stored. */
const withoutRows = new Set(['view', 'ephemeral', 'materialized_view'])

/**
 * Whether a node's new version is held to its tests before it is published: its config asks for that, and it holds rows. Real
 * dbt takes unknown keys in `meta` without a word; at the top of a config it warns of them.
 */
export const isAudited = (node: ManifestNode): boolean =>
  isRefable(node) &&
  (node.config.write_audit_publish ?? node.config.meta?.write_audit_publish) === true &&
  !withoutRows.has(node.config.materialized ?? 'view')

/** What keeps rows of former runs: a version beside it would have to copy them all. */
const inPlace: Readonly<Record<string, string>> = {
  incremental: 'an incremental model, which changes its table in place',
  snapshot: 'a snapshot, which changes its table in place',
}

export interface AuditProblem {
  readonly message: string
  readonly hint: string
}

/** Why a node that is to be audited cannot be. */
export function auditProblem(node: ManifestNode): AuditProblem | undefined {
  const { materialized = 'view' } = node.config
  if (!isAudited(node) || materialized === 'table') return undefined
  return {
    message: `write_audit_publish works for tables; ${node.name} is ${inPlace[materialized] ?? `a ${materialized}`}.`,
    hint: 'Set write_audit_publish: false on it, or make it a table.',
  }
}
