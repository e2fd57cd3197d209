import type { Ephemerals, Manifest, NodeResult, TransformEvent } from '../contract.js'
import { isDataTest, waitsFor } from '../graph/dependencies.js'
import { nameInId } from '../graph/shown-names.js'
import type { RunSession } from './open-session.js'
import { ReadyQueue } from './ready-queue.js'
import { emptyResult, hasProblem, threadName } from './results/node-result.js'

export interface RunNodesOptions {
  readonly threads: number
  readonly failFast?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly fullRefresh?: boolean | undefined
  /** `build`: a failed test keeps what is below the tested nodes from running. */
  readonly testsBlock?: boolean | undefined
  /** False where no node waits for another one: clones. */
  readonly isOrdered?: boolean | undefined
  readonly onEvent?: ((event: TransformEvent) => void) | undefined
  /** Something else than running the node: freshness, cloning. */
  readonly runNode?: ((id: string, slot: number, signal: AbortSignal | undefined) => Promise<NodeResult>) | undefined
}

/** Runs nodes in the order of the graph, as many at once as there are threads, what is on the longest way first. */
export async function runNodes(
  session: RunSession,
  ids: ReadonlySet<string>,
  options: RunNodesOptions,
): Promise<NodeResult[]> {
  return new Scheduler(session, ids, options).run()
}

class Scheduler {
  readonly #session: RunSession
  readonly #options: RunNodesOptions
  readonly #ids: ReadonlySet<string>
  /** How many nodes each one still waits for, and who waits for it. */
  readonly #pending = new Map<string, number>()
  readonly #waiting = new Map<string, string[]>()
  readonly #results: NodeResult[] = []
  readonly #audited = new Map<string, NodeResult>()
  readonly #ephemerals: Ephemerals = new Map()
  readonly #ready: ReadyQueue
  /** Why a node will not run. */
  readonly #skips = new Map<string, string>()
  readonly #freeSlots: number[]
  readonly #stop = new AbortController()
  #started = 0
  #hasFailedFast = false
  /** Lets the loop see that a thread is free again. */
  #wake: () => void = () => {}

  constructor(session: RunSession, ids: ReadonlySet<string>, options: RunNodesOptions) {
    this.#session = session
    this.#options = options
    this.#ids = ids
    this.#freeSlots = Array.from({ length: options.threads }, (_, i) => i).reverse()
    const waits =
      options.isOrdered === false
        ? new Map([...ids].map((id) => [id, new Set<string>()]))
        : waitsFor(ids, session.manifest, { testsBlock: options.testsBlock ?? false })
    for (const [id, parents] of waits) {
      this.#pending.set(id, parents.size)
      for (const parent of parents) {
        const others = this.#waiting.get(parent)
        if (others) others.push(id)
        else this.#waiting.set(parent, [id])
      }
    }
    const depths = remainingDepths(ids, (id) => this.#waiting.get(id) ?? [])
    this.#ready = new ReadyQueue((id) => depths.get(id) ?? 0)
    for (const [id, count] of this.#pending) if (count === 0) this.#ready.add(id)
  }

  async run(): Promise<NodeResult[]> {
    const { signal } = this.#options
    const abort = () => this.#stop.abort(signal?.reason)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    const running = new Set<Promise<void>>()
    try {
      while (this.#ready.size > 0 || running.size > 0) {
        // With nothing else to start, what runs already may end.
        if (this.#hasFailedFast && this.#ready.size > 0) this.#stop.abort()
        while (this.#ready.size > 0 && this.#freeSlots.length > 0) {
          const id = this.#ready.take() as string
          if (this.#skipped(id)) continue
          const slot = this.#freeSlots.pop() as number
          const work = this.#runOne(id, slot).finally(() => {
            this.#freeSlots.push(slot)
            running.delete(work)
          })
          running.add(work)
        }
        if (running.size === 0 && this.#ready.size > 0)
          throw new Error(`No thread is left for ${this.#ready.size} nodes, of ${this.#options.threads}.`)
        if (running.size > 0) await Promise.race([...running, new Promise<void>((wake) => (this.#wake = wake))])
      }
    } catch (error) {
      this.#stop.abort()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
      await Promise.allSettled(running)
    }
    return this.#results
  }

  async #runOne(uniqueId: string, slot: number): Promise<void> {
    const index = ++this.#started
    const total = this.#ids.size
    const { onEvent, fullRefresh, runNode } = this.#options
    const { signal } = this.#stop
    onEvent?.({ type: 'node_started', uniqueId, index, total })
    const result = runNode
      ? await runNode(uniqueId, slot, signal)
      : await this.#session.runNode(uniqueId, {
          signal,
          fullRefresh,
          slot,
          borrowSlot: () => this.#borrowSlot(),
          audited: this.#audited,
          ephemerals: this.#ephemerals,
          onEvent,
          onLog: (level, message) => onEvent?.({ type: 'log', level, message, uniqueId }),
        })
    this.#finish(uniqueId, this.#blamingEphemeral(uniqueId, result), index)
  }

  /** A selected ephemeral model is a node of its own for dbt: when it fails, what reads it did not run. */
  #blamingEphemeral(uniqueId: string, result: NodeResult): NodeResult {
    const id = result.error?.data?.ephemeral
    if (typeof id !== 'string' || !this.#session.selectedIds.includes(id)) return result
    const message = `Compilation Error in ${uniqueId}, caused by compilation error in referenced ephemeral model ${id}`
    return { ...result, status: 'skipped', message }
  }

  /** A thread for a batch, when no node waits for one. */
  #borrowSlot(): { slot: number; release(): void } | undefined {
    const slot = this.#ready.size > 0 ? undefined : this.#freeSlots.pop()
    return slot === undefined ? undefined : { slot, release: () => this.#giveBack(slot) }
  }

  #giveBack(slot: number): void {
    this.#freeSlots.push(slot)
    this.#wake()
  }

  /** Ends a node that must not run, when it is one. */
  #skipped(uniqueId: string): boolean {
    const reason = this.#stop.signal.aborted
      ? this.#options.signal?.aborted
        ? 'The run was cancelled.'
        : skippedByFailFast
      : this.#skips.get(uniqueId)
    if (reason === undefined) return false
    this.#finish(uniqueId, skippedResult(this.#session.manifest, uniqueId, reason), ++this.#started)
    return true
  }

  #finish(uniqueId: string, result: NodeResult, index: number): void {
    const hasFailed = hasProblem(result)
    // What was interrupted for another's failure did not fail itself.
    if (hasFailed && this.#hasFailedFast && this.#stop.signal.aborted && !this.#options.signal?.aborted) {
      this.#finish(uniqueId, skippedResult(this.#session.manifest, uniqueId, skippedByFailFast), index)
      return
    }
    this.#results.push(result)
    if (hasFailed && this.#options.failFast) this.#hasFailedFast = true
    const holdsBack = result.status === 'skipped' || (hasFailed && !this.#letsChildrenRun(uniqueId))
    this.#options.onEvent?.({ type: 'node_finished', uniqueId, result, index, total: this.#ids.size })
    for (const next of this.#waiting.get(uniqueId) ?? []) {
      if (holdsBack && !this.#skips.has(next)) this.#skips.set(next, this.#reason(uniqueId, result))
      const left = (this.#pending.get(next) ?? 1) - 1
      this.#pending.set(next, left)
      if (left === 0) this.#ready.add(next)
    }
  }

  /** A model's `on_error: continue`: what reads it runs on what is there from before. */
  #letsChildrenRun(uniqueId: string): boolean {
    const node = this.#session.manifest.nodes[uniqueId]
    return node?.resource_type === 'model' && node.config.on_error === 'continue'
  }

  #reason(uniqueId: string, result: NodeResult): string {
    const name = nameInId(uniqueId)
    const what = isDataTest(uniqueId) ? `the test ${name}` : name
    return `Skipped because ${what} ${result.status === 'skipped' ? 'was skipped' : 'failed'}.`
  }
}

const skippedByFailFast = 'Skipping due to fail_fast'

/** The result of a node that did not run, and why. */
export function skippedResult({ nodes }: Manifest, uniqueId: string, reason: string | null): NodeResult {
  const node = nodes[uniqueId]
  return {
    ...emptyResult(uniqueId, threadName(0)),
    status: 'skipped',
    message: reason,
    compiled: node ? false : null,
    compiled_code: '',
    relation_name: node?.relation_name ?? null,
  }
}

/** For each node: how many steps the longest way down from it has. */
function remainingDepths(
  ids: ReadonlySet<string>,
  childrenOf: (id: string) => readonly string[],
): ReadonlyMap<string, number> {
  const depths = new Map<string, number>()
  for (const start of ids) {
    const todo = [start]
    while (todo.length > 0) {
      const id = todo.at(-1) as string
      const open = childrenOf(id).filter((child) => !depths.has(child))
      if (open.length > 0 && !depths.has(id)) todo.push(...open)
      else {
        todo.pop()
        if (!depths.has(id)) depths.set(id, 1 + Math.max(0, ...childrenOf(id).map((child) => depths.get(child) ?? 0)))
      }
    }
  }
  return depths
}
