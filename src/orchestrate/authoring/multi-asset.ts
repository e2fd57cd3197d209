import type { Metadata, PartitionsSpec } from '../contract/index.js'
import type { AssetOptions, PartitionedRunContext, RunContext, WithResources } from './define.js'
import { multiAssetKinds, outputKinds, requireKinds } from './option-kinds.js'
import { requirePartitions } from './partitions.js'
import { invalid, requireExecutor, requireFunction, requireName } from './require.js'
import { type NoResources, type Resources, requireResources } from './resource.js'
import { requireCondition } from './when.js'

/** One of the assets that a function makes. */
export interface OutputOptions
  extends Pick<
    AssetOptions,
    | 'deps'
    | 'description'
    | 'kinds'
    | 'group'
    | 'owners'
    | 'tags'
    | 'automation'
    | 'freshness'
    | 'codeVersion'
    | 'metadata'
  > {
  /** It may be left out: what reads it is skipped then, and nothing fails. */
  readonly isOptional?: boolean
}

/** What such a function can use: each asset has its own metadata and version. */
export type MultiAssetContext<Key extends string, Context extends RunContext> = Omit<
  Context,
  'metadata' | 'dataVersion'
> & {
  /** The assets that are wanted; all of them, unless `canSubset` lets a run choose. */
  readonly selected: readonly Key[]
  /** Tells that one is made: what reads it may start now, while the function goes on. */
  materialized(key: Key, metadata?: Metadata, versions?: { readonly dataVersion?: string }): void
}

export interface MultiAssetOptions<
  Key extends string,
  P extends PartitionsSpec | undefined = undefined,
  R extends Resources = NoResources,
> extends Pick<AssetOptions, 'retry' | 'pool' | 'executor' | 'makesPartitions'> {
  /** By their keys. */
  readonly outputs: Readonly<Record<Key, OutputOptions>>
  /** Whether it can make some of them; otherwise a run of one makes all. */
  readonly canSubset?: boolean
  /** How all of them are cut. */
  readonly partitions?: P
  readonly resources?: R
  run(
    context: WithResources<MultiAssetContext<Key, P extends PartitionsSpec ? PartitionedRunContext : RunContext>, R>,
  ): Promise<unknown> | unknown
}

/** Several assets that one function makes, whatever they are. */
export interface MultiAssetDefinition extends Pick<AssetOptions, 'retry' | 'pool' | 'executor' | 'makesPartitions'> {
  readonly type: 'multi'
  readonly name: string
  readonly outputs: Readonly<Record<string, OutputOptions>>
  readonly canSubset?: boolean
  readonly partitions?: PartitionsSpec | undefined
  readonly resources?: Resources | undefined
  run(context: never): Promise<unknown> | unknown
}

/** Several assets that are made together: one call of a system that answers all of them. */
export function multiAsset<
  Key extends string,
  const P extends PartitionsSpec | undefined = undefined,
  R extends Resources = NoResources,
>(name: string, options: MultiAssetOptions<Key, P, R>): MultiAssetDefinition {
  const what = `The multi-asset ${name}`
  requireName('multi-asset', name)
  requireKinds(what, options, multiAssetKinds)
  requireFunction(what, 'run', options.run)
  const outputs = Object.entries<OutputOptions>(options.outputs ?? {})
  if (outputs.length === 0)
    throw invalid(`${what} has no outputs.`, "Name what it makes: outputs: { 'reports/a': {}, 'reports/b': {} }.")
  for (const [key, output] of outputs) {
    requireName('asset', key)
    requireKinds(`The output ${key} of ${what.replace('The', 'the')}`, output, outputKinds)
    if (output.automation !== undefined) requireCondition(`The automation of ${key}`, output.automation)
  }
  requirePartitions(name, options.partitions)
  requireResources(what, options.resources)
  requireExecutor(name, options.executor)
  return { type: 'multi', name, ...options }
}
