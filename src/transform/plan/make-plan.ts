import { lineDiff, MillraceError, shortDiff } from '../../base/index.js'
import { nodeRelation } from '../adapter/node-relation.js'
import type { Diagnostic, ManifestNode } from '../contract.js'
import { materializationOf } from '../execute/materialize/find-materialization.js'
import type { Session } from '../execute/session/session.js'
import { isTest } from '../graph/dependencies.js'
import { isRefable } from '../graph/resource-types.js'
import { nameInId, schemaAndAlias } from '../graph/shown-names.js'
import type { CompiledSql } from '../lineage/index.js'
import { unknownColumnProblems } from '../lineage/unknown-columns.js'
import { ephemeralsOf, macroHashes, type RememberedNode } from '../memory/target-memory.js'
import { actionOf } from './action.js'
import { ownReasons, readsVars } from './compare.js'
import type { Plan, PlannedNode, PlanReason, PlanStatus } from './contract.js'
import { planTests } from './plan-tests.js'
import { plannedReads } from './planned-reads.js'
import { PlannedSql } from './planned-sql.js'

export interface PlanOptions {
  readonly ids: ReadonlySet<string>
  readonly memory: ReadonlyMap<string, RememberedNode>
  readonly against: string
  /** Everything was selected: what is remembered and not there any more was removed. */
  readonly isWhole: boolean
  readonly checksColumns: boolean
}

/** What building the selected nodes would do and why, from what ran last in this target and what the warehouse holds. */
export async function makePlan(session: Session, options: PlanOptions): Promise<Plan> {
  return new Planner(session, options).plan()
}

class Planner {
  readonly #session: Session
  readonly #options: PlanOptions
  readonly #builtin: ReadonlySet<string>
  readonly #sql: PlannedSql
  /** Nodes that change, with the name to say below them. */
  readonly #changing = new Set<string>()
  readonly #problems: Diagnostic[] = []
  /** Nodes that no build makes: they fail for certain, or read one that does. */
  readonly #failing = new Set<string>()
  #renames: (readonly [there: string, here: string])[] | undefined

  constructor(session: Session, options: PlanOptions) {
    this.#session = session
    this.#options = options
    this.#builtin = new Set(session.project.builtin)
    this.#sql = new PlannedSql(session)
  }

  async plan(): Promise<Plan> {
    const { target, isFullRefresh } = this.#session
    const nodes: PlannedNode[] = []
    for (const node of inGraphOrder(this.#session.manifest)) {
      if (!this.#options.ids.has(node.unique_id) || !isRefable(node)) continue
      if (node.config.materialized !== 'ephemeral') nodes.push(await this.#node(node))
    }
    const reads = await this.#readsOf(nodes)
    const { ids, memory, against, isWhole } = this.#options
    const shared = { ids, memory, isWhole, builtin: this.#builtin, changing: this.#changing }
    const { running, changed } = planTests(this.#session.manifest, shared)
    await this.#checkColumnsOf(running)
    return {
      profile: target.profileName,
      target: target.targetName,
      against,
      isFullRefresh,
      nodes: [...nodes.map((node) => ({ ...node, readsBytes: reads.get(node.uniqueId) })), ...this.#removed()],
      tests: running.map(nameInId),
      changedTests: changed,
      problems: this.#problems,
    }
  }

  async #node(node: ManifestNode): Promise<PlannedNode> {
    const remembered = this.#options.memory.get(node.unique_id)
    const before = remembered && this.#isElsewhere ? this.#asHere(remembered, node) : remembered
    const compiled = node.resource_type === 'seed' ? undefined : await this.#sql.of(node, before?.node.compiled_code)
    const reasons = before ? this.#reasons(before, node, compiled) : []
    const status: PlanStatus = !before ? 'new' : reasons.length === 0 ? 'unchanged' : statusOf(reasons)
    if (status !== 'unchanged' || this.#session.isFullRefresh) this.#changing.add(node.unique_id)
    const relation = await this.#session.cache.get(nodeRelation(this.#session.project.relations, node))
    const lineage = await this.#sql.lineage()
    const made = node.resource_type === 'seed' ? undefined : await lineage.of(node.unique_id)
    const addsToTable = node.config.materialized === 'incremental' || node.config.materialized === 'snapshot'
    const there = addsToTable && made?.isComplete && relation ? await this.#columnsThere(node) : undefined
    if (this.#options.checksColumns && made)
      this.#problems.push(...unknownColumnProblems(node, made, this.#session.project))
    const old = before && schemaAndAlias(before.node) !== schemaAndAlias(node) ? schemaAndAlias(before.node) : undefined
    const failure = this.#failureOf(node)
    const isSame = reasons.every(({ kind }) => kind === 'upstream')
    return {
      ...shownNode(node),
      status,
      reasons,
      action:
        failure === undefined
          ? actionOf({
              node,
              present: relation?.type ?? undefined,
              isFullRefresh: this.#session.isFullRefresh,
              columns: there && made ? { there, made: made.columns.map(({ name }) => name) } : undefined,
            })
          : undefined,
      diff: isSame ? [] : diffOf(before?.node.compiled_code, compiled),
      last: before && { at: before.at, seconds: before.seconds, rows: before.rows },
      tests: this.#testsOf(node.unique_id),
      notes: [
        ...(failure ?? []),
        ...(old === undefined ? [] : [`${old} stays in the warehouse`]),
        ...(compiled && 'reason' in compiled ? [`its SQL is not known yet: ${compiled.reason}`] : []),
      ],
    }
  }

  /** Of what is made and not only defined. */
  async #readsOf(nodes: readonly PlannedNode[]): Promise<ReadonlyMap<string, number>> {
    const queries = new Map<string, string>()
    for (const { uniqueId, action, materialized, resourceType, status } of nodes) {
      const node = this.#session.manifest.nodes[uniqueId]
      if (!node || !action || status === 'unchanged' || materialized === 'view' || resourceType === 'seed') continue
      const compiled = await this.#sql.of(node, undefined)
      if ('sql' in compiled) queries.set(uniqueId, compiled.sql)
    }
    if (queries.size === 0) return new Map()
    return (await plannedReads(this.#session.warehouse, queries)) ?? new Map()
  }

  /** Why a build would not make a node, as notes; undefined where nothing is known to keep it from that. */
  #failureOf(node: ManifestNode): readonly string[] | undefined {
    const { nodes } = this.#session.manifest
    const inWay = this.#above(node).filter((id) => this.#failing.has(id) && nodes[id]?.config.on_error !== 'continue')
    if (inWay.length > 0) {
      this.#failing.add(node.unique_id)
      return [`it would be skipped, as ${inWay.map((id) => nodes[id]?.name ?? id).join(', ')} would not be built`]
    }
    try {
      materializationOf(this.#session.project, node)
      return undefined
    } catch (thrown) {
      if (!(thrown instanceof MillraceError)) throw thrown
      const { code, message, hint, at } = thrown
      this.#problems.push({ severity: 'error', code, message, hint, at })
      this.#failing.add(node.unique_id)
      return ['it would fail']
    }
  }

  get #isElsewhere(): boolean {
    return this.#options.against !== this.#session.target.targetName
  }

  /** What ran in another target, with the relations of this one: that they have other names is no change. */
  #asHere(remembered: RememberedNode, { database, schema, alias }: ManifestNode): RememberedNode {
    this.#renames ??= [...this.#options.memory.values()].flatMap(({ node }) => {
      const here = this.#session.manifest.nodes[node.unique_id]?.relation_name
      return node.relation_name && here ? [[node.relation_name, here] as const] : []
    })
    let sql = remembered.node.compiled_code
    for (const [there, here] of sql ? this.#renames : []) sql = sql?.replaceAll(there, here) ?? null
    return { ...remembered, node: { ...remembered.node, database, schema, alias, ...(sql && { compiled_code: sql }) } }
  }

  #reasons(before: RememberedNode, node: ManifestNode, compiled: CompiledSql | undefined): PlanReason[] {
    const { manifest } = this.#session
    const ephemerals = ephemeralsOf(manifest, node)
    const macros = macroHashes(manifest, [node, ...ephemerals], this.#builtin)
    const reasons = ownReasons(before, node, macros, ephemerals)
    // Only now, when nothing else changed, can other SQL be the variables' doing.
    const texts = [node.raw_code, ...Object.keys(macros).map((id) => manifest.macros[id]?.macro_sql ?? '')]
    const then = before.node.compiled_code
    if (reasons.length === 0 && compiled && 'sql' in compiled && then && compiled.sql !== then && readsVars(texts))
      reasons.push({ kind: 'vars', details: [] })
    const upstream = this.#above(node).filter((id) => this.#changing.has(id))
    if (upstream.length > 0)
      reasons.push({ kind: 'upstream', details: upstream.map((id) => manifest.nodes[id]?.name ?? id) })
    return reasons
  }

  /** The nodes that a node reads, through ephemeral models. */
  #above(node: ManifestNode): string[] {
    const { manifest } = this.#session
    const direct = [node, ...ephemeralsOf(manifest, node)].flatMap(({ depends_on }) => depends_on.nodes)
    return [...new Set(direct)].filter((id) => manifest.nodes[id]?.config.materialized !== 'ephemeral')
  }

  async #columnsThere({ database, schema, alias }: ManifestNode): Promise<string[] | undefined> {
    const relation = { ...(database === null ? {} : { database }), schema, identifier: alias }
    return (await this.#session.warehouse.columns(relation)).map(({ name }) => name)
  }

  #testsOf(id: string): string[] {
    const { manifest } = this.#session
    return (manifest.child_map[id] ?? []).filter(isTest).map(nameInId)
  }

  /** A test whose columns are gone fails for certain, too. */
  async #checkColumnsOf(tests: readonly string[]): Promise<void> {
    if (!this.#options.checksColumns) return
    const lineage = await this.#sql.lineage()
    for (const id of tests) {
      const test = this.#session.manifest.nodes[id]
      if (!test) continue
      const problems = unknownColumnProblems(test, await lineage.of(id), this.#session.project)
      // The SQL of a generic test names its column more than once, in lines that the user has not written.
      this.#problems.push(...new Map(problems.map((problem) => [problem.message, problem])).values())
    }
  }

  #removed(): PlannedNode[] {
    if (!this.#options.isWhole) return []
    const { nodes } = this.#session.manifest
    return [...this.#options.memory.values()]
      .filter(({ node }) => isRefable(node) && !nodes[node.unique_id])
      .map(({ node, at, seconds, rows }) => ({
        ...shownNode(node),
        status: 'removed' as const,
        reasons: [],
        action: undefined,
        diff: [],
        last: { at, seconds, rows },
        tests: [],
        notes: [`${schemaAndAlias(node)} stays in the warehouse`],
      }))
  }
}

/** What a plan says of every node, also of one that is there no more. */
const shownNode = (node: ManifestNode) => ({
  uniqueId: node.unique_id,
  name: node.name,
  resourceType: node.resource_type,
  materialized: node.config.materialized ?? 'view',
  relation: schemaAndAlias(node),
})

const statusOf = (reasons: readonly PlanReason[]): PlanStatus =>
  reasons.every(({ kind }) => kind === 'upstream') ? 'upstream' : 'changed'

function diffOf(before: string | null | undefined, compiled: CompiledSql | undefined) {
  if (!before || !compiled || !('sql' in compiled)) return []
  return shortDiff(lineDiff(before.trim(), compiled.sql.trim()))
}

/** Parents before children. */
function inGraphOrder({ nodes, child_map }: Session['manifest']): ManifestNode[] {
  const waiting = new Map(Object.values(nodes).map((node) => [node.unique_id, 0]))
  for (const id of waiting.keys())
    for (const child of child_map[id] ?? []) waiting.set(child, (waiting.get(child) ?? 0) + 1)
  const ready = Object.values(nodes).filter(({ unique_id }) => waiting.get(unique_id) === 0)
  // What only sources and other resources stand above waits for nobody.
  const ordered: ManifestNode[] = []
  for (const node of ready) {
    ordered.push(node)
    for (const child of child_map[node.unique_id] ?? []) {
      const left = (waiting.get(child) ?? 1) - 1
      waiting.set(child, left)
      const next = nodes[child]
      if (left === 0 && next) ready.push(next)
    }
  }
  return ordered
}
