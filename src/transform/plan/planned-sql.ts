import { lineDiff } from '../../base/index.js'
import type { ManifestNode } from '../contract.js'
import type { Session } from '../execute/session/session.js'
import { type CompiledSql, compileReading, type ProjectLineage, readLineage } from '../lineage/index.js'

/** The SQL that building would run, and what it says of columns. Nothing is written, nothing is built. */
export class PlannedSql {
  readonly #session: Session
  readonly #known = new Map<string, Promise<CompiledSql>>()
  #lineage: Promise<ProjectLineage> | undefined

  constructor(session: Session) {
    this.#session = session
  }

  /** As it would run; of an incremental model in the way that it ran before, so that its comparison means something. */
  async of(node: ManifestNode, before: string | null | undefined): Promise<CompiledSql> {
    const adding = await this.#compiled(node, this.#session.isFullRefresh)
    if (node.config.materialized !== 'incremental' || !before || this.#session.isFullRefresh) return adding
    const whole = await this.#compiled(node, true)
    return distance(before, whole) < distance(before, adding) ? whole : adding
  }

  lineage(): Promise<ProjectLineage> {
    this.#lineage ??= readLineage(this.#session, { compile: (node) => this.#compiled(node, true) })
    return this.#lineage
  }

  #compiled(node: ManifestNode, isFullRefresh: boolean): Promise<CompiledSql> {
    // Only an incremental model is another one the second time.
    const isOneWay = node.config.materialized !== 'incremental'
    const key = `${node.unique_id} ${isOneWay || isFullRefresh}`
    let compiled = this.#known.get(key)
    if (!compiled) {
      compiled = compileReading(this.#session, node, isOneWay ? this.#session.isFullRefresh : isFullRefresh)
      this.#known.set(key, compiled)
    }
    return compiled
  }
}

const distance = (before: string, compiled: CompiledSql): number =>
  'reason' in compiled
    ? Number.POSITIVE_INFINITY
    : lineDiff(before.trim(), compiled.sql.trim()).filter(({ sign }) => sign !== ' ').length
