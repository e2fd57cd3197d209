import type { AssetField, AssetFieldTrace } from '../../platform/index.js'

export interface FieldTree {
  readonly up: readonly string[]
  readonly down: readonly string[]
}

/** The way of a field as two indented lists; what was shown already is named again, but not opened again. */
export function fieldTree(field: AssetField, { edges, rows, unknown }: AssetFieldTrace): FieldTree {
  const reasons = new Map(unknown.map((one) => [keyOf(one), one.reason]))
  const walk = (from: AssetField, side: 'from' | 'to'): string[] => {
    const other = side === 'from' ? 'to' : 'from'
    const lines: string[] = []
    const seen = new Set<string>()
    const visit = (at: AssetField, depth: number) => {
      const reason = side === 'from' ? reasons.get(keyOf(at)) : undefined
      if (reason !== undefined) lines.push(`${'  '.repeat(depth)}unknown: ${reason}`)
      for (const edge of edges) {
        if (keyOf(edge[other]) !== keyOf(at)) continue
        const next = edge[side]
        const isKnown = seen.has(keyOf(next))
        lines.push(`${'  '.repeat(depth)}${next.asset}.${next.column} (${edge.use})${isKnown ? ' …' : ''}`)
        seen.add(keyOf(next))
        if (!isKnown) visit(next, depth + 1)
      }
      if (side === 'to')
        for (const { from, asset, use } of rows)
          if (keyOf(from) === keyOf(at)) lines.push(`${'  '.repeat(depth)}${asset} (rows: ${use})`)
    }
    visit(from, 1)
    return lines
  }
  return { up: walk(field, 'from'), down: walk(field, 'to') }
}

const keyOf = ({ asset, column }: AssetField) => `${asset}\0${column.toLowerCase()}`
