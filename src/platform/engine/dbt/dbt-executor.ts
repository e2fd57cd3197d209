import { toMillraceError } from '../../../base/index.js'
import type { Metadata, RunOutcome, StepContext, StepExecutor } from '../../../orchestrate/index.js'
import type { Ephemerals, NodeResult, RunNodeOptions, RunSession } from '../../../transform/index.js'
import type { PartRun } from '../../graph/partitions/model-partitions.js'
import { relationFacts } from '../models/relation-facts.js'
import { isMade, madeBatches, partsOf, report, windowsOf } from './dbt-reports.js'
import type { DbtRuntime } from './dbt-runtime.js'

interface DbtRun {
  readonly session: Promise<RunSession>
  readonly results: NodeResult[]
  readonly audited: Map<string, NodeResult>
  readonly ephemerals: Ephemerals
}

/** Runs one dbt node per step, in the session that holds the parsed project. */
export class DbtExecutor implements StepExecutor {
  readonly kind = 'dbt'
  readonly #runtime: DbtRuntime
  /** Per run: the session it began with and its on-run-start hooks; results feed on-run-end. */
  readonly #runs = new Map<string, DbtRun>()

  constructor(runtime: DbtRuntime) {
    this.#runtime = runtime
  }

  async execute(context: StepContext): Promise<void> {
    const run = this.#runOf(context.runId, context.signal)
    const session = await run.session
    const uniqueId = context.step.key.slice('dbt:'.length)
    const parts = partsOf(context, session.manifest.nodes[uniqueId])
    if (parts) return this.#makeParts(context, run, parts)
    const result = await this.#runNode(context, run, { fullRefresh: context.fullRefresh, windows: windowsOf(context) })
    await report(context, result, madeBatches(session.manifest, result), (node) => this.#facts(session, node))
  }

  /** One that cannot be made does not hold up the others. A full refresh would leave only the last: each replaces its rows anyhow. */
  async #makeParts(context: StepContext, run: DbtRun, parts: readonly PartRun[]): Promise<void> {
    const session = await run.session
    if (context.fullRefresh) context.log('warn', 'Partitions are made beside the others: no full refresh.')
    let failure: unknown
    for (const { keys, options } of parts) {
      const result = await this.#runNode(context, run, { ...options, fullRefresh: false })
      try {
        await report(context, result, isMade(result) ? keys : [], (node) => this.#facts(session, node))
      } catch (thrown) {
        failure ??= thrown
        context.log(
          'error',
          `${keys.length === 1 ? keys[0] : `${keys[0]}...${keys.at(-1)}`}: ${(thrown as Error).message}`,
        )
      }
    }
    if (failure !== undefined) throw failure
  }

  async #runNode(context: StepContext, run: DbtRun, options: RunNodeOptions): Promise<NodeResult> {
    const session = await run.session
    const result = await session.runNode(context.step.key.slice('dbt:'.length), {
      ...options,
      signal: context.signal,
      onLog: (level, message) => context.log(level, message),
      audited: run.audited,
      ephemerals: run.ephemerals,
    })
    run.results.push(result)
    this.#runtime.remember(session, result, (message) => context.log('warn', message))
    context.signal.throwIfAborted()
    return result.error ? { ...result, error: this.#runtime.placed(result.error) } : result
  }

  async #facts(session: RunSession, uniqueId: string): Promise<Metadata> {
    const node = session.manifest.nodes[uniqueId]
    if (!node?.relation_name) return {}
    const relation = { schema: node.schema, identifier: node.alias }
    return relationFacts(session.warehouse, relation, {
      countRows: node.config.materialized !== 'view',
    })
  }

  /** on-run-end hooks, once the run has no more steps; a run that goes on elsewhere has not ended. */
  async finishRun(runId: string, outcome: RunOutcome, signal: AbortSignal): Promise<void> {
    // Also what only synced made other tables.
    this.#runtime.warehouseChanges()
    const run = this.#runs.get(runId)
    if (!run) return
    this.#runs.delete(runId)
    if (outcome === 'ended') await (await run.session).runHooks('on-run-end', { results: run.results, signal })
  }

  #runOf(runId: string, signal: AbortSignal) {
    let run = this.#runs.get(runId)
    if (!run) {
      const session = this.#runtime.session().then(async (opened) => {
        const own = opened.forRun()
        // A sync, or another program, may have changed the warehouse since the last run.
        await own.refreshRelations()
        await own.runHooks('on-run-start', { signal })
        return own
      })
      const begun = { session, results: [], audited: new Map(), ephemerals: new Map() }
      run = begun
      this.#runs.set(runId, begun)
      // A warehouse that was away for a moment need not fail all that follows. What is wrong with a hook is so for all, and is not done again.
      session.catch((error: unknown) => {
        if (toMillraceError(error).retryable && this.#runs.get(runId) === begun) this.#runs.delete(runId)
      })
    }
    return run
  }
}
