import { endMarked } from '../../../base/index.js'
import type { StepContext } from '../../../orchestrate/index.js'
import {
  type BuildRequest,
  type CoreNodeResult,
  isMicrobatch,
  type Manifest,
  roomFor,
} from '../../../transform/index.js'
import { nodeMeta } from '../../graph/node-meta.js'
import { CoreInvocation } from './core-invocation.js'
import type { DbtCoreRuntime } from './dbt-core-runtime.js'

/** What a part of a model asks of dbt besides. */
export type BuildOptions = Pick<BuildRequest, 'fullRefresh' | 'vars' | 'eventTime' | 'sample'>

const prefix = 'dbt:'
export const nodeOf = (step: string): string => step.slice(prefix.length)

/**
 * The invocations of dbt for one run. Starting dbt costs seconds: the first step that asks takes along whatever can be made without
 * anything else, and the steps of these nodes take what is said of them.
 */
export class CoreRun {
  readonly #runtime: DbtCoreRuntime
  readonly #mark: string
  readonly #manifest: Promise<Manifest>
  readonly #invocations = new Set<CoreInvocation>()
  /** Nodes that were taken along, and whose steps have not asked yet. */
  readonly #promised = new Map<string, CoreInvocation>()
  /** Nodes that dbt was asked for: nobody takes them along again. */
  readonly #asked = new Set<string>()
  readonly #results = new Map<string, CoreNodeResult>()
  #swept: Promise<unknown> | undefined

  constructor(runtime: DbtCoreRuntime, runId: string) {
    this.#runtime = runtime
    this.#mark = `dbt-core/${runId}/`
    this.#manifest = runtime.manifest()
    this.#manifest.catch(() => {})
  }

  get manifest(): Promise<Manifest> {
    return this.#manifest
  }

  /** What became of the node of a step. @throws what ended dbt before it was done with it */
  async result(context: StepContext): Promise<CoreNodeResult> {
    const manifest = await this.#manifest
    const id = nodeOf(context.step.key)
    const promised = this.#promised.get(id)
    this.#promised.delete(id)
    // Another attempt is not told what became of the one before.
    if (promised && context.attempt === 1) return promised.result(id, context.log)
    const isAlone = !this.#fits(manifest, id)
    const ahead = isAlone
      ? []
      : (context.stepsAhead?.((step) => !this.#asked.has(nodeOf(step)) && this.#fits(manifest, nodeOf(step))) ?? [])
    const nodes = roomFor(manifest, [id, ...ahead.map(nodeOf)])
    const invocation = this.#start(context, manifest, nodes, { fullRefresh: context.fullRefresh })
    for (const node of nodes.slice(1)) this.#promised.set(node, invocation)
    return invocation.result(id, context.log)
  }

  /** A node by itself, and differently than others. */
  async resultOf(context: StepContext, options: BuildOptions): Promise<CoreNodeResult> {
    const id = nodeOf(context.step.key)
    return this.#start(context, await this.#manifest, [id], options).result(id, context.log)
  }

  /** What dbt found of a node in this run. */
  known(id: string): CoreNodeResult | undefined {
    return this.#results.get(id)
  }

  #start(context: StepContext, manifest: Manifest, nodes: readonly string[], options: BuildOptions): CoreInvocation {
    for (const id of nodes) this.#asked.add(id)
    const { signal } = context
    const invocation = new CoreInvocation(
      nodes,
      async ({ onResult, onLog }) => {
        // What an engine that died left behind would write the same tables.
        this.#swept ??= endMarked(this.#mark)
        await this.#swept
        await this.#runtime.build({
          manifest,
          nodes,
          ...options,
          mark: `${this.#mark}${this.#invocations.size}`,
          signal,
          onLog,
          onResult: (result) => {
            this.#results.set(result.unique_id, result)
            onResult(result)
          },
        })
      },
      context.log,
    )
    this.#invocations.add(invocation)
    return invocation
  }

  /** Not a node that has to wait for a place in its pool, nor one that is made in parts. */
  #fits({ nodes, unit_tests }: Manifest, id: string): boolean {
    const node = nodes[id]
    if (!node) return unit_tests[id] !== undefined
    const { pool, partitions } = nodeMeta(node, node.original_file_path)
    return pool === undefined && partitions === undefined && !isMicrobatch(node)
  }

  /** Once dbt has ended, with its hooks, for whatever it was asked. @throws what failed and no step was told */
  async ended(): Promise<void> {
    const ends = await Promise.all([...this.#invocations].map(({ ended }) => ended))
    for (const end of ends) if (end) throw end.error
  }
}
