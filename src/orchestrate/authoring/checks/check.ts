import type { Metadata } from '../../contract/index.js'
import { checkKinds, requireKinds } from '../option-kinds.js'
import { invalid, requireFunction, requireName } from '../require.js'
import { type NoResources, type Resources, requireResources } from '../resource.js'
import type { CheckContext, CheckedAsset } from './check-context.js'

export interface CheckOutcome {
  readonly passed: boolean
  readonly severity?: 'error' | 'warn'
  readonly message?: string
  readonly metadata?: Metadata
}
export interface CheckDefinition<Of extends CheckedAsset = CheckedAsset> {
  readonly type: 'check'
  readonly of: Of
  /** Its key. */
  readonly asset: string
  readonly name: string
  readonly description: string
  readonly blocking: boolean
  readonly resources?: Resources | undefined
  /** Undefined for one that a program reports. */
  readonly run?: ((context: never) => Promise<CheckOutcome> | CheckOutcome) | undefined
}
export interface CheckOptions<R extends Resources = NoResources> {
  readonly blocking?: boolean
  readonly description?: string
  readonly resources?: R
}

/**
 * A question about an asset, asked each time it was made; the asset may also be a model or a stream. A blocking one that
 * fails fails its step, and keeps what is downstream from starting.
 */
export function check<const Of extends CheckedAsset, R extends Resources = NoResources>(
  of: Of,
  name: string,
  options: CheckOptions<R>,
  run: (context: CheckContext<Of, R>) => Promise<CheckOutcome> | CheckOutcome,
): CheckDefinition<Of> {
  requireName('check', name)
  requireKinds(`The check ${name}`, options, checkKinds)
  requireFunction(`The check ${name}`, 'run', run)
  requireResources(`The check ${name}`, options.resources)
  return {
    type: 'check',
    of,
    asset: keyOfChecked(name, of),
    name,
    description: options.description ?? '',
    blocking: options.blocking ?? false,
    resources: options.resources,
    run,
  }
}

function keyOfChecked(name: string, of: CheckedAsset): string {
  if (typeof of === 'string') return of
  if (typeof of?.key === 'string') return of.key
  throw invalid(`The check ${name} is of no asset.`, 'Give it an asset, a table (`dbt.models.orders`) or a key.')
}

/** A check that a program reports by Dagster Pipes while it makes the asset. What it does not report is not evaluated. */
export function reportedCheck<const Of extends CheckedAsset>(
  of: Of,
  name: string,
  options: Omit<CheckOptions, 'resources'> = {},
): CheckDefinition<Of> {
  const { run: _, ...found } = check(of, name, options, () => ({ passed: false }))
  return found
}
