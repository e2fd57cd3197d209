import { createHash } from 'node:crypto'
import { PyTuple } from '../../jinja/index.js'
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

  /** @throws TRANSFORM_COMPILE for an entry that is not what dbt takes */
  static parse(raw: unknown): IndexConfig {
    if (raw === null || typeof raw !== 'object' || Array.isArray(raw))
      throw invalid(`${JSON.stringify(raw)} is not a mapping`)
    const { columns, unique = false, type = null } = raw as Record<string, unknown>
    if (columns === undefined) throw invalid("'columns' is a required property")
    if (!Array.isArray(columns)) throw invalid(`columns: ${JSON.stringify(columns)} is not of type 'array'`)
    if (typeof unique !== 'boolean') throw invalid(`unique: ${JSON.stringify(unique)} is not of type 'boolean'`)
    if (type !== null && typeof type !== 'string')
      throw invalid(`type: ${JSON.stringify(type)} is not of type 'string'`)
    return new IndexConfig(columns.map(String), unique, type)
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

const invalid = (problem: string) =>
  transformErrors.create('TRANSFORM_COMPILE', {
    message: `Could not parse index config: ${problem}.`,
    hint: "Write indexes: [{columns: ['id'], unique: true}].",
  })
