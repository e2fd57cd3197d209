import { createHash } from 'node:crypto'
import { PyTuple, truthy } from '../../jinja/index.js'
import { transformErrors } from '../errors.js'
import type { Relation } from './relation.js'

/** One entry of a model's `indexes`. */
export class IndexConfig {
  readonly pythonType = 'IndexConfig'
  readonly columns: readonly string[]
  readonly isUnique: boolean
  readonly type: string | null

  constructor(columns: readonly string[], isUnique: boolean, type: string | null) {
    this.columns = columns
    this.isUnique = isUnique
    this.type = type
  }

  /** @throws TRANSFORM_COMPILE when no columns are given */
  static parse(raw: unknown): IndexConfig {
    const { columns, unique, type } = (raw ?? {}) as Record<string, unknown>
    const names = typeof columns === 'string' ? [columns] : Array.isArray(columns) ? columns.map(String) : []
    if (names.length === 0)
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: 'An entry of `indexes` names no columns.',
        hint: "Write indexes: [{columns: ['id'], unique: true}].",
      })
    return new IndexConfig(names, truthy(unique ?? false), typeof type === 'string' ? type : null)
  }

  /** Another name each time: while a table is replaced, the old one still holds its indexes under theirs. */
  nameFor(relation: Relation): string {
    const parts = [...this.columns, relation.render(), String(this.isUnique), String(this.type), String(Date.now())]
    return createHash('md5').update(parts.join('_')).digest('hex')
  }

  jinjaAttribute(name: string): unknown {
    if (name === 'columns') return PyTuple.fromArray(this.columns)
    if (name === 'unique') return this.isUnique
    if (name === 'type') return this.type
    if (name === 'render') return (relation: Relation) => this.nameFor(relation)
    return undefined
  }
}
