import { randomUUID } from 'node:crypto'
import { errorFromJson, inSpan } from '../../base/index.js'
import { nodeRelation } from '../adapter/node-relation.js'
import type {
  HookTime,
  ManifestNode,
  NodeResult,
  OpenSessionOptions,
  RunHooksOptions,
  TransformSession,
} from '../contract.js'
import { transformErrors } from '../errors.js'
import { isMicrobatch } from '../event-time/model-batches.js'
import { isAudited } from '../graph/audited.js'
import type { ParsedProject } from '../parse/parse-project.js'
import { overloadsOf } from './compile/compile-node.js'
import { inlineNode } from './compile/inline-node.js'
import { materializeNode } from './materialize/materialize-node.js'
import { parseForSession, targetDirOf } from './parse-for-session.js'
import { emptyResult, threadName } from './results/node-result.js'
import { withLatestVersionPointer } from './runners/latest-version-pointer.js'
import { runWithOverloads } from './runners/overloads.js'
import { runMicrobatch } from './runners/run-microbatch.js'
import { writeAuditPublish } from './runners/write-audit-publish.js'
import type { RunnerOptions } from './scope/runner-options.js'
import { runHookNodes } from './session/hooks.js'
import { openShared, Session, type SessionOptions } from './session/session.js'
import { runUnitTest } from './unit-tests/run-unit-test.js'

/** Opens the warehouse of a project, which is parsed now where it was not before. Whoever opens a session closes it. */
export async function openTransformSession(
  options: OpenSessionOptions,
  parsed: ParsedProject = parseForSession(options),
): Promise<RunSession> {
  await parsed.keep()
  return openSession(parsed, options)
}

export async function openSession(project: ParsedProject, options: SessionOptions): Promise<RunSession> {
  const targetDir = targetDirOf(project.root, options)
  const warehouse = await options.openWarehouse(project.target)
  const session: RunSession = new RunSession(
    project,
    openShared(project, warehouse, targetDir, options, (node) => session.runner(node)),
  )
  return session
}

const hasRelation = ({ resource_type, config, relation_name }: ManifestNode): boolean =>
  resource_type === 'test' ? relation_name !== null : config.materialized !== 'ephemeral'

/** A session that runs nodes of every kind, and the project's hooks. */
export class RunSession extends Session implements TransformSession {
  /**
   * The same project and warehouse for another run, which has its own id and time and hears nothing of what templates of
   * former runs kept in `graph`. It is closed with the session that it comes from.
   */
  forRun(startedAt = new Date()): RunSession {
    const invocation = { ...this.project.invocation, id: randomUUID(), startedAt }
    return new RunSession({ ...this.project, invocation }, this.opened)
  }

  runNode(uniqueId: string, run: RunnerOptions = {}): Promise<NodeResult> {
    return inSpan(`node ${uniqueId}`, { shared: { 'dbt.node': uniqueId } }, async (span) => {
      const result = await this.#runNode(uniqueId, run)
      span.set({
        'dbt.status': result.status,
        'dbt.relation': result.relation_name ?? undefined,
        'dbt.materialized': this.node(uniqueId)?.config.materialized,
      })
      if (result.error) span.fail(result.error)
      return result
    })
  }

  async #runNode(uniqueId: string, run: RunnerOptions): Promise<NodeResult> {
    const unitTest = this.manifest.unit_tests[uniqueId]
    if (unitTest) return runUnitTest(this, unitTest, run)
    const { exposures, saved_queries } = this.manifest
    // They are counted, and nothing is done: there is nothing of them in the warehouse.
    if (uniqueId in exposures || uniqueId in saved_queries)
      return { ...emptyResult(uniqueId, threadName(run.slot)), status: 'no-op', message: 'NO-OP', failures: 0 }
    const node = this.node(uniqueId)
    if (!node)
      throw transformErrors.create('TRANSFORM_SELECTION', {
        message: `The dbt project has no node ${uniqueId}.`,
        hint: 'It was removed or renamed since this was planned.',
      })
    const audited = run.audited?.get(uniqueId)
    if (audited) {
      run.audited?.delete(uniqueId)
      return { ...audited, thread_id: threadName(run.slot) }
    }
    if (isAudited(node)) {
      const outcome = await writeAuditPublish(this, node, run)
      for (const test of outcome.tests) run.audited?.set(test.unique_id, test)
      return withLatestVersionPointer(this, node, run, outcome.result)
    }
    return withLatestVersionPointer(this, node, run, await this.#made(node, run))
  }

  async #made(node: ManifestNode, run: RunnerOptions): Promise<NodeResult> {
    if (isMicrobatch(node)) {
      if (this.#usesBatches) return runMicrobatch(this, node, run)
      this.project.invocation.events?.deprecate('MicrobatchMacroOutsideOfBatchesDeprecation', {})
    }
    if (overloadsOf(node).length > 0) return runWithOverloads(this, node, run)
    return materializeNode(this.runner(node, run))
  }

  /** A project that writes the strategy's macro anew may want it to run once, for all rows. */
  get #usesBatches(): boolean {
    const { registry, root, builtin, invocation } = this.project
    const macro = registry.find('get_incremental_microbatch_sql', root.name)
    const isOurs = macro !== undefined && builtin.includes(macro.package_name)
    const flag = 'require_batched_execution_for_custom_microbatch_strategy'
    return isOurs || (invocation.flags[flag.toUpperCase()] ?? invocation.flags[flag]) !== false
  }

  /**
   * Makes the schemas of nodes that are to run, before their project's hooks do.
   * @throws TRANSFORM_COMPILE for a query comment that cannot be: dbt's first statement carries it already
   */
  async createSchemas(ids: Iterable<string>): Promise<void> {
    const { comment } = this.project.root.queryComment
    if (comment !== undefined) await this.runner(inlineNode(this.project, '')).withContext(async () => {})
    const places = new Map<string, ManifestNode>()
    for (const id of ids) {
      const node = this.node(id)
      if (node && hasRelation(node)) places.set(`${node.database}\0${node.schema}`, node)
    }
    // What goes wrong the node meets too, and its result says so in its own place.
    for (const node of places.values()) await this.#createSchema(node).catch(() => {})
  }

  async #createSchema(node: ManifestNode): Promise<void> {
    const database = node.database ?? this.target.database
    if (await this.cache.hasSchema(database, node.schema)) return
    const schema = nodeRelation(this.project.relations, node).with({ parts: { identifier: null } })
    await this.runner(node).withContext((_, adapter) => adapter.createSchema(schema))
  }

  async runHooks(when: HookTime, options: RunHooksOptions = {}): Promise<void> {
    for (const { error } of await runHookNodes(this, when, options)) if (error) throw errorFromJson(error)
  }
}
