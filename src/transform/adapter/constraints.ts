import type { ManifestColumn } from '../contract.js'

interface Constraint {
  readonly type?: string
  readonly name?: string | null
  readonly expression?: string | null
  readonly columns?: readonly string[]
  readonly to?: string | null
  readonly to_columns?: readonly string[]
}

/** How an engine treats a kind of constraint. */
export type ConstraintSupport = 'enforced' | 'not enforced' | 'not supported'

/** Engines that declare nothing else: DuckDB and PostgreSQL enforce every kind. */
export const enforcesAll: Readonly<Record<string, ConstraintSupport>> = {
  check: 'enforced',
  not_null: 'enforced',
  unique: 'enforced',
  primary_key: 'enforced',
  foreign_key: 'enforced',
}

const expressionOf = ({ expression }: Constraint) => (expression ? ` ${expression}` : '')

function columnConstraint(constraint: Constraint): string | undefined {
  switch (constraint.type) {
    case 'check':
      return constraint.expression ? `check (${constraint.expression})` : undefined
    case 'not_null':
      return `not null${expressionOf(constraint)}`
    case 'unique':
      return `unique${expressionOf(constraint)}`
    case 'primary_key':
      return `primary key${expressionOf(constraint)}`
    case 'foreign_key':
      if (constraint.to)
        return `references ${constraint.to}${constraint.to_columns?.length ? ` (${constraint.to_columns.join(', ')})` : ''}`
      return constraint.expression ? `references ${constraint.expression}` : undefined
    case 'custom':
      return constraint.expression ?? undefined
  }
  return undefined
}

function modelConstraint(constraint: Constraint): string | undefined {
  const name = constraint.name ? `constraint ${constraint.name} ` : ''
  const columns = (constraint.columns ?? []).join(', ')
  switch (constraint.type) {
    case 'check':
      return constraint.expression ? `${name}check (${constraint.expression})` : undefined
    case 'unique':
      return `${name}unique (${columns})${expressionOf(constraint)}`
    case 'primary_key':
      return `${name}primary key (${columns})${expressionOf(constraint)}`
    case 'foreign_key':
      if (constraint.to)
        return `${name}foreign key (${columns}) references ${constraint.to}${constraint.to_columns?.length ? ` (${constraint.to_columns.join(', ')})` : ''}`
      return constraint.expression ? `${name}foreign key (${columns}) references ${constraint.expression}` : undefined
    case 'custom':
      return constraint.expression ? `${name}${constraint.expression}` : undefined
  }
  return undefined
}

/** `name type constraint …`, a line for each column of a contract. */
export function renderColumns(
  columns: Readonly<Record<string, ManifestColumn>>,
  quote: (name: string) => string,
): string[] {
  return Object.values(columns).map((column) => {
    const name = column.quote ? quote(column.name) : column.name
    const constraints = ((column.constraints ?? []) as Constraint[]).map(columnConstraint)
    return [name, column.data_type ?? '', ...constraints.filter((text) => text !== undefined)].join(' ').trim()
  })
}

/** Constraints that stand behind the columns in DDL. */
export function renderModelConstraints(constraints: readonly unknown[]): string[] {
  return (constraints as Constraint[]).map(modelConstraint).filter((text) => text !== undefined)
}

export const renderColumnConstraint = (constraint: unknown) => columnConstraint(constraint as Constraint) ?? null
export const renderModelConstraint = (constraint: unknown) => modelConstraint(constraint as Constraint) ?? null
