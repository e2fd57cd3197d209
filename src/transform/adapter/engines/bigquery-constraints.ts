import { type ConstraintSupport, renderColumnConstraint, renderModelConstraint } from '../constraints.js'

/** Keys help the planner, and nobody checks them. */
export const bigQueryConstraints: Readonly<Record<string, ConstraintSupport>> = {
  check: 'not supported',
  not_null: 'enforced',
  unique: 'not supported',
  primary_key: 'not enforced',
  foreign_key: 'not enforced',
}

const typeOf = (constraint: unknown) => String((constraint as { type?: unknown }).type)
const isWritten = (constraint: unknown) => bigQueryConstraints[typeOf(constraint)] !== 'not supported'

function notEnforced(constraint: unknown, text: string | null): string | null {
  if (text === null || !isWritten(constraint)) return null
  return bigQueryConstraints[typeOf(constraint)] === 'not enforced' ? `${text} not enforced` : text
}

export const renderBigQueryColumnConstraint = (constraint: unknown): string | null =>
  notEnforced(constraint, renderColumnConstraint(constraint))

export const renderBigQueryModelConstraints = (constraints: readonly unknown[]): string[] =>
  constraints.map((one) => notEnforced(one, renderModelConstraint(one))).filter((text) => text !== null)
