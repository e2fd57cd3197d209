import { allAutomations, type Definitions, type KnownColumn, type Run } from '../../orchestrate/index.js'
import type { SearchHit } from '../contract/index.js'

interface Candidate {
  readonly name: string
  readonly more: string
  readonly rank: number
  /** Found by its name only; the rest narrows. */
  readonly byName?: boolean
  readonly hit: () => SearchHit
}

/** What the store has: runs, and columns as the warehouse has them. */
export interface Found {
  readonly runs: readonly Run[]
  readonly columns: readonly KnownColumn[]
}

export const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')

/** Everything of the project that has all words of the text in its name or its description, best first. */
export function search(definitions: Definitions, found: Found, text: string, limit: number): SearchHit[] {
  const words = wordsOf(text)
  if (words.length === 0) return []
  const scored: { score: number; name: string; hit: () => SearchHit }[] = []
  for (const candidate of candidates(definitions, found)) {
    const score = scoreOf(candidate, words)
    if (score > 0) scored.push({ score, name: candidate.name, hit: candidate.hit })
  }
  return scored
    .sort((a, b) => b.score - a.score || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map((one) => one.hit())
}

/** Names count far more than descriptions, whole names more than beginnings, beginnings more than middles. */
function scoreOf({ name, more, rank, byName = false }: Candidate, words: readonly string[]): number {
  const last = name.slice(name.lastIndexOf('/') + 1)
  let score = 0
  for (const word of words) {
    if (name === word || last === word) score += 100
    else if (last.startsWith(word) || name.startsWith(word)) score += 60
    else if (new RegExp(`[_/. -]${escaped(word)}`).test(name)) score += 45
    else if (name.includes(word)) score += 30
    else if (more.includes(word)) score += 5
    else return 0
  }
  return byName && score < 30 ? 0 : score + rank
}

const escaped = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function* candidates(definitions: Definitions, { runs, columns }: Found): Generator<Candidate> {
  for (const one of definitions.connections)
    yield {
      name: one.name.toLowerCase(),
      more: `${one.sourceConnector} ${one.streams.map((stream) => stream.name).join(' ')}`.toLowerCase(),
      rank: 4,
      hit: () => ({
        type: 'connection',
        name: one.name,
        source: one.sourceConnector,
        streams: one.streams.map((stream) => stream.name),
      }),
    }
  const declared = new Map<string, ReadonlySet<string>>()
  for (const asset of definitions.assets) {
    declared.set(asset.key, new Set(asset.columns.map(({ name }) => name.toLowerCase())))
    yield {
      name: asset.key.toLowerCase(),
      more: `${asset.description} ${asset.kinds.join(' ')} ${asset.tags.join(' ')} ${asset.group}`.toLowerCase(),
      rank: 3,
      hit: () => ({
        type: 'asset',
        key: asset.key,
        kind: asset.kinds[0] ?? '',
        description: asset.description,
        isExecutable: asset.isExecutable,
      }),
    }
    for (const column of asset.columns) yield columnCandidate({ asset: asset.key, ...column })
  }
  for (const column of columns) {
    // What is gone from the project has no page.
    if (declared.get(column.asset)?.has(column.name.toLowerCase()) === false) yield columnCandidate(column)
  }
  const automations = [
    ...definitions.schedules.map((one) => ({ ...one, kind: 'schedule' as const })),
    ...definitions.sensors.map((one) => ({ ...one, kind: 'sensor' as const })),
    ...allAutomations(definitions).map((one) => ({ ...one, target: one.target ?? '', kind: 'automation' as const })),
  ]
  for (const one of automations)
    yield {
      name: one.name.toLowerCase(),
      more: `${one.description} ${one.target}`.toLowerCase(),
      rank: 2,
      hit: () => ({
        type: 'automation',
        name: one.name,
        kind: one.kind,
        target: one.target,
      }),
    }
  for (const run of runs)
    yield {
      // People know a run by the end of its id.
      name: run.id.slice(-8).toLowerCase(),
      more: `${run.id} ${run.selection} ${run.status} ${run.trigger.name ?? ''}`.toLowerCase(),
      rank: 0,
      hit: () => ({ type: 'run', id: run.id, selection: run.selection, status: run.status, createdAt: run.createdAt }),
    }
}

const columnCandidate = ({
  asset,
  name,
  type,
  description = '',
}: Omit<KnownColumn, 'type'> & {
  readonly type?: string | undefined
  readonly description?: string | undefined
}): Candidate => ({
  name: name.toLowerCase(),
  more: `${asset} ${description}`.toLowerCase(),
  rank: 1,
  byName: true,
  hit: () => ({ type: 'column', asset, column: name, ...(type === undefined ? {} : { dataType: type }), description }),
})
