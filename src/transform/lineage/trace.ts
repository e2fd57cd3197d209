import type { ColumnUse, RowInput } from '../../sql/index.js'
import type { FieldRef, NodeLineage } from './contract.js'
import type { ProjectLineage } from './project-lineage.js'

export interface FieldEdge {
  readonly from: FieldRef
  readonly to: FieldRef
  readonly use: ColumnUse
}

/** A field that decides which rows a node has, whatever columns are read of it. */
export interface RowsEdge extends Pick<RowInput, 'use'> {
  readonly from: FieldRef
  readonly node: string
}

/** How other nodes use the columns of one: what is made of them, and whose rows they decide over. */
export interface FieldUses {
  readonly made: readonly FieldEdge[]
  readonly rows: readonly RowsEdge[]
}

/** One field followed up to where it comes from and down to what is made of it. */
export interface FieldTrace {
  readonly field: FieldRef
  readonly edges: readonly FieldEdge[]
  /** Nodes whose rows it, or a field made of it, decides over. */
  readonly rows: readonly RowsEdge[]
  /** Fields whose making is not fully known, with the reason. */
  readonly unknown: readonly (FieldRef & { readonly reason: string })[]
}

export type TraceDirection = 'up' | 'down' | 'both'

export async function traceField(
  lineage: ProjectLineage,
  field: FieldRef,
  direction: TraceDirection = 'both',
): Promise<FieldTrace> {
  const edges = new Map<string, FieldEdge>()
  const rows: RowsEdge[] = []
  const unknown = new Map<string, FieldRef & { reason: string }>()
  const add = (edge: FieldEdge) => edges.set(`${keyOf(edge.from)}\0${keyOf(edge.to)}`, edge)
  if (direction !== 'down')
    await upstream(lineage, field, add, (ref, reason) => unknown.set(keyOf(ref), { ...ref, reason }))
  if (direction !== 'up') await downstream(lineage, field, add, (edge) => rows.push(edge))
  return { field, edges: [...edges.values()], rows, unknown: [...unknown.values()] }
}

const keyOf = ({ node, column }: FieldRef) => `${node}\0${column.toLowerCase()}`

async function upstream(
  lineage: ProjectLineage,
  start: FieldRef,
  add: (edge: FieldEdge) => void,
  isUnknown: (field: FieldRef, reason: string) => void,
): Promise<void> {
  const seen = new Set<string>()
  const todo = [start]
  for (let field = todo.pop(); field; field = todo.pop()) {
    if (seen.has(keyOf(field)) || !lineage.manifest.nodes[field.node]) continue
    seen.add(keyOf(field))
    const made = await lineage.of(field.node)
    const column = columnNamed(made, field.column)
    const reason = column ? column.unknown : (made.reason ?? 'its SQL makes no such column')
    if (reason !== undefined) isUnknown(field, reason)
    for (const { use, ...from } of column?.inputs ?? []) {
      add({ from, to: field, use })
      todo.push(from)
    }
  }
}

async function downstream(
  lineage: ProjectLineage,
  start: FieldRef,
  add: (edge: FieldEdge) => void,
  decides: (edge: RowsEdge) => void,
): Promise<void> {
  const seen = new Set<string>()
  const known = new Map<string, FieldUses>()
  const todo = [start]
  for (let field = todo.pop(); field; field = todo.pop()) {
    if (seen.has(keyOf(field))) continue
    seen.add(keyOf(field))
    const uses = known.get(field.node) ?? (await fieldUses(lineage, field.node))
    known.set(field.node, uses)
    const isWanted = ({ from }: FieldEdge | RowsEdge) => from.column.toLowerCase() === field.column.toLowerCase()
    for (const { to, use } of uses.made.filter(isWanted)) {
      add({ from: field, to, use })
      todo.push(to)
    }
    // It ends there: whoever reads such a node reads fewer or other rows, but no column made of this one.
    for (const edge of uses.rows.filter(isWanted)) decides({ ...edge, from: field })
  }
}

export async function fieldUses(lineage: ProjectLineage, node: string): Promise<FieldUses> {
  const made: FieldEdge[] = []
  const decided: RowsEdge[] = []
  for (const child of readers(lineage, node)) {
    const { columns, rows } = await lineage.of(child)
    for (const { name, inputs } of columns)
      for (const { use, ...from } of inputs)
        if (from.node === node) made.push({ from, to: { node: child, column: name }, use })
    for (const { use, ...from } of rows) if (from.node === node) decided.push({ from, node: child, use })
  }
  return { made, rows: decided }
}

/** Nodes that read a node, through ephemeral models in between; those are readers too. */
function readers({ manifest }: ProjectLineage, id: string): ReadonlySet<string> {
  const found = new Set<string>()
  const todo = [id]
  for (let next = todo.pop(); next !== undefined; next = todo.pop())
    for (const child of manifest.child_map[next] ?? []) {
      const node = manifest.nodes[child]
      if (!node || found.has(child) || !['model', 'snapshot'].includes(node.resource_type)) continue
      found.add(child)
      if (node.config.materialized === 'ephemeral') todo.push(child)
    }
  return found
}

export const columnNamed = ({ columns }: NodeLineage, name: string) =>
  columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
