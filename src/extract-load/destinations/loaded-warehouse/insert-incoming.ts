import type { DeferredStatement, LoadDialect } from './load-dialect.js'
import type { Incoming } from './load-staged.js'

/** Puts incoming rows into their table. @param shadow names of columns of the table that get the values of others */
export function inserted(
  { quote }: LoadDialect,
  relation: string,
  incoming: Incoming,
  where?: string,
  shadow?: ReadonlyMap<string, string>,
): DeferredStatement {
  const names = incoming.columns.map(({ name }) => quote(name)).join(', ')
  const targets = incoming.columns.map(({ name }) => quote(shadow?.get(name) ?? name)).join(', ')
  return {
    sql: `insert into ${relation} (${targets}) select ${names} from ${incoming.relation}${where === undefined ? '' : ` where ${where}`}`,
  }
}
