import type { Warehouse } from '../../../warehouse/index.js'
import type { Adapter } from '../../adapter/adapter.js'
import { Relation } from '../../adapter/relation.js'
import type { Listing } from '../../adapter/relation-cache.js'
import type { ParsedProject } from '../../parse/parse-project.js'

/**
 * dbt always calls `list_schemas` and `list_relations_without_caching`. The built-in ones answer what the warehouse says
 * by itself, sooner and without a node's connection, so they are called only where the project or a package writes its own.
 *
 * @param withAdapter for something to be asked on a connection that no node uses
 */
export function listingOf(
  warehouse: Warehouse,
  { registry, dispatchPrefixes, relations: { rules, quoting } }: ParsedProject,
  withAdapter: <T>(ask: (adapter: Adapter) => Promise<T>) => Promise<T>,
): Listing {
  const isReplaced = (macro: string) => registry.isReplaced(macro, dispatchPrefixes)
  const placeOf = (database: string | null, schema: string | null) =>
    Relation.create(rules, { database, schema, identifier: null, quoted: quoting })
  return {
    schemas: isReplaced('list_schemas')
      ? // As SQL names it: a macro may put it before a dot.
        (database) => withAdapter((adapter) => adapter.listSchemas(placeOf(database, null).render()))
      : (database) => warehouse.listSchemas({ database }),
    relations: isReplaced('list_relations_without_caching')
      ? (database, schema) => withAdapter((adapter) => adapter.listRelations(placeOf(database, schema)))
      : (database, schema) =>
          warehouse.listRelations({ ...(database === null ? {} : { database }), schemas: [schema] }),
  }
}
