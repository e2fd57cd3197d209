import type { AssetSummary, FieldTraceView } from '../../../../src/server/contract/index.js'

/** One field's way through the graph: the assets it passes, with the columns that carry it. */
export interface FieldPath {
  readonly assets: readonly AssetSummary[]
  readonly deps: ReadonlyMap<string, readonly string[]>
  /** Per asset the columns on the way, and how the field decides over its rows. */
  readonly columns: ReadonlyMap<string, readonly string[]>
  /** Tables that are no assets, and what nobody knows. */
  readonly notes: readonly string[]
}

/** `main/orders.id` taken apart: the column stands behind the last dot. */
export function parseField(field: string): { asset: string; column: string } {
  const dot = field.lastIndexOf('.')
  return dot < 0 ? { asset: field, column: '' } : { asset: field.slice(0, dot), column: field.slice(dot + 1) }
}

export function fieldPath(
  field: string,
  { edges, rows, unknown }: FieldTraceView,
  assets: readonly AssetSummary[],
): FieldPath {
  const known = new Map(assets.map((asset) => [asset.key, asset]))
  const columns = new Map<string, Set<string>>()
  const deps = new Map<string, Set<string>>()
  const outside = new Set<string>()
  const pass = ({ asset, column }: { asset: string; column: string }) => {
    if (known.has(asset)) columns.set(asset, (columns.get(asset) ?? new Set()).add(column))
    else outside.add(`${asset}.${column}`)
  }
  pass(parseField(field))
  // No column of an asset carries the field where it only decides over rows: the card says how.
  const decided = rows.map(({ from, asset, use }) => ({ from, to: { asset, column: `rows: ${use}` } }))
  for (const { from, to } of [...edges, ...decided]) {
    pass(from)
    pass(to)
    if (known.has(from.asset) && known.has(to.asset) && from.asset !== to.asset)
      deps.set(to.asset, (deps.get(to.asset) ?? new Set()).add(from.asset))
  }
  return {
    assets: [...columns.keys()].flatMap((key) => known.get(key) ?? []),
    deps: new Map([...deps].map(([key, set]) => [key, [...set]])),
    columns: new Map([...columns].map(([key, set]) => [key, [...set]])),
    notes: [
      ...(outside.size > 0 ? [`It comes from tables outside the graph: ${[...outside].join(', ')}.`] : []),
      ...unknown.map(({ asset, column, reason }) => `How ${asset}.${column} is made is not fully known: ${reason}.`),
    ],
  }
}
