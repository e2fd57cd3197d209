import { engineOf } from '../../adapter/engines/index.js'
import { nodeRelation } from '../../adapter/node-relation.js'
import type { ManifestNode, NodeResult, TransformEvent } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { batchesOf, batchTimes, mergedResult } from '../../event-time/batch-results.js'
import {
  type BatchSize,
  batchesBetween,
  batchLabel,
  batchSizes,
  lookedBack,
  roundedUp,
  truncated,
} from '../../event-time/batches.js'
import { type EventWindow, momentOf } from '../../event-time/event-window.js'
import { failure, materializeNode } from '../materialize/materialize-node.js'
import { emptyResult, threadName, timed } from '../results/node-result.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import type { Session } from '../session/session.js'

/**
 * Runs a microbatch model batch by batch: the first one alone, since it makes the table, the last one when all others
 * are done, since it runs the post-hooks, and those between at once where threads are free. When the first one fails the
 * others are not tried. Never throws: a failure is a result.
 */
export async function runMicrobatch(session: Session, node: ManifestNode, run: RunnerOptions): Promise<NodeResult> {
  const started = new Date()
  const result: NodeResult = {
    ...emptyResult(node.unique_id, threadName(run.slot)),
    failures: 0,
    compiled: false,
    relation_name: node.relation_name,
  }
  const ran = await new MicrobatchRun(session, node, run)
    .run()
    .catch((thrown: unknown) => failure(session.runner(node, run), thrown))
  return Object.assign(result, ran, timed(started, started, new Date()))
}

class MicrobatchRun {
  readonly #session: Session
  readonly #node: ManifestNode
  readonly #run: RunnerOptions
  readonly #size: BatchSize
  readonly #results: NodeResult[] = []
  #batches: readonly EventWindow[] = []

  constructor(session: Session, node: ManifestNode, run: RunnerOptions) {
    this.#session = session
    this.#node = node
    this.#run = run
    this.#size = sizeOf(node)
  }

  async run(): Promise<Partial<NodeResult>> {
    const { isThere, isAdding } = await this.#present()
    const former = this.#session.formerBatches?.get(this.#node.unique_id)
    this.#batches = former ? batchesOf(former.failed) : this.#planned(isAdding)
    if (isAdding || this.#batches.length > 1) this.#checkKey()
    await this.#runBatch(0, this.#run.slot ?? 0, isAdding)
    const isSkipping = this.#results[0]?.status !== 'success'
    await this.#between(isSkipping, isThere || !isSkipping)
    const last = this.#batches.length - 1
    if (last > 0) await this.#next(last, isSkipping)
    return mergedResult(this.#batches, this.#results, former)
  }

  /** Whether the relation is there, and whether this run adds to it. */
  async #present(): Promise<{ isThere: boolean; isAdding: boolean }> {
    const { config } = this.#node
    const relation = await this.#session.cache.get(nodeRelation(this.#session.project.relations, this.#node))
    const isFull = config.full_refresh ?? this.#run.fullRefresh ?? this.#session.isFullRefresh
    return { isThere: relation !== null, isAdding: relation?.type === 'table' && isFull !== true }
  }

  /**
   * Config alone decides whether a batch can be added: better said once, and before anything runs, than batch by batch.
   * @throws TRANSFORM_COMPILE
   */
  #checkKey(): void {
    const { name, original_file_path, config } = this.#node
    const { registry, dispatchPrefixes, target } = this.#session.project
    const { type, microbatchKey } = engineOf(target.type)
    if ((microbatchKey === 'required') === Boolean(config.unique_key)) return
    if (registry.isReplaced('get_incremental_microbatch_sql', dispatchPrefixes)) return
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message:
        microbatchKey === 'required'
          ? `dbt-${type} 'microbatch' requires a \`unique_key\` config, which '${name}' does not have.`
          : `'microbatch' does not support 'unique_key' on ${type}, which '${name}' has: it replaces all rows of a batch.`,
      at: { file: original_file_path },
      hint:
        microbatchKey === 'required'
          ? 'Name the columns that tell its rows apart: unique_key="id".'
          : 'Leave it out, or use the strategy merge.',
    })
  }

  #planned(isAdding: boolean): readonly EventWindow[] {
    const size = this.#size
    const { windows } = this.#run
    if (windows && windows.length > 0)
      return windows.flatMap(({ startMs, endMs }) =>
        batchesBetween(truncated(startMs, size), roundedUp(endMs, size), size),
      )
    const window = this.#session.sample ?? this.#session.eventTime
    const endMs = roundedUp(window?.endMs ?? this.#session.startedMs, size)
    if (window) return batchesBetween(truncated(window.startMs, size), endMs, size)
    const { begin, lookback } = this.#node.config
    if (isAdding) return batchesBetween(lookedBack(endMs, size, Number(lookback ?? 1)), endMs, size)
    return batchesBetween(truncated(beginOf(this.#node, begin), size), endMs, size)
  }

  async #between(isSkipping: boolean, isThere: boolean): Promise<void> {
    const running: Promise<void>[] = []
    for (let i = 1; i < this.#batches.length - 1; i++) {
      const place = !isSkipping && isThere && this.#allowsOthers() ? this.#run.borrowSlot?.() : undefined
      if (place) running.push(this.#runBatch(i, place.slot, true).finally(() => place.release()))
      else await this.#next(i, isSkipping)
    }
    await Promise.all(running)
  }

  /** A model that reads itself has to see the batches before. */
  #allowsOthers(): boolean {
    const { config, raw_code } = this.#node
    if (!this.#session.warehouse.capabilities.concurrentBatches) return false
    return typeof config.concurrent_batches === 'boolean' ? config.concurrent_batches : !/\bthis\b/.test(raw_code)
  }

  async #next(index: number, isSkipping: boolean): Promise<void> {
    if (this.#run.signal?.aborted) return
    if (!isSkipping) return this.#runBatch(index, this.#run.slot ?? 0, true)
    const skipped = emptyResult(this.#node.unique_id, threadName(this.#run.slot))
    this.#finish(index, { ...skipped, status: 'skipped', message: 'SKIPPED', failures: 1 })
  }

  async #runBatch(index: number, slot: number, addsToRelation: boolean): Promise<void> {
    const batch = this.#batches[index] as EventWindow
    this.#emit({ type: 'batch_started', ...this.#place(index) })
    const own = {
      ...this.#node,
      config: {
        ...this.#node.config,
        ...(index === 0 ? {} : { 'pre-hook': [] }),
        ...(index === this.#batches.length - 1 ? {} : { 'post-hook': [] }),
      },
    }
    const options = { ...this.#run, slot, batch: { ...batch, size: this.#size }, addsToRelation }
    this.#finish(index, await materializeNode(this.#session.runner(own, options)))
  }

  #finish(index: number, result: NodeResult): void {
    this.#results[index] = { ...result, batch_results: batchTimes(this.#batches[index] as EventWindow) }
    this.#emit({ type: 'batch_finished', ...this.#place(index), result })
  }

  #place(index: number) {
    return {
      uniqueId: this.#node.unique_id,
      batch: batchLabel(this.#batches[index] as EventWindow, this.#size),
      index: index + 1,
      total: this.#batches.length,
    }
  }

  #emit(event: TransformEvent): void {
    this.#run.onEvent?.(event)
  }
}

function sizeOf({ name, original_file_path, config }: ManifestNode): BatchSize {
  const size = batchSizes.find((one) => one === config.batch_size)
  if (size) return size
  throw transformErrors.create('TRANSFORM_YAML_INVALID', {
    message: `Microbatch model '${name}' does not have a 'batch_size' config (one of ${batchSizes.join(', ')}).`,
    at: { file: original_file_path },
  })
}

function beginOf({ name, original_file_path }: ManifestNode, begin: unknown): number {
  const ms = momentOf(begin)
  if (ms !== undefined) return ms
  throw transformErrors.create('TRANSFORM_YAML_INVALID', {
    message: `Microbatch model '${name}' requires a 'begin' configuration: the time of its first rows.`,
    at: { file: original_file_path },
  })
}
