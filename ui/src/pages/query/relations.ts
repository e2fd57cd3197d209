import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { ApiTable } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'

export interface Relation {
  readonly schema: string
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

const sql = `select table_schema, table_name, column_name, data_type from information_schema.columns
where table_schema not in ('information_schema', 'pg_catalog') order by table_schema, table_name, ordinal_position`

/** What the warehouse holds, from its own catalog: tables and views with their columns. */
export function useRelations() {
  const query = useQuery({
    queryKey: ['relations'],
    queryFn: () => post<ApiTable>('/query', { sql, limit: 10_000 }),
    staleTime: 60_000,
  })
  const relations = useMemo(() => {
    const found = new Map<string, { schema: string; name: string; columns: { name: string; type: string }[] }>()
    for (const [schema, name, column, type] of (query.data?.rows ?? []) as string[][]) {
      if (schema === undefined || name === undefined || column === undefined) continue
      const key = `${schema}.${name}`
      const relation = found.get(key) ?? { schema, name, columns: [] }
      relation.columns.push({ name: column, type: type ?? '' })
      found.set(key, relation)
    }
    return [...found.values()]
  }, [query.data])
  return { relations, isLoading: query.isLoading, error: query.error }
}

/** For completion: schema → table → columns. */
export function completions(relations: readonly Relation[]): Record<string, Record<string, string[]>> {
  const schemas: Record<string, Record<string, string[]>> = {}
  for (const { schema, name, columns } of relations) {
    schemas[schema] ??= {}
    ;(schemas[schema] as Record<string, string[]>)[name] = columns.map((column) => column.name)
  }
  return schemas
}
