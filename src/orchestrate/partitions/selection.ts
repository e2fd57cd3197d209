import { didYouMean, splitOutsideQuotes } from '../../base/index.js'
import { orchestrateErrors } from '../errors.js'
import { PartitionSet } from './partition-set.js'
import { boxed, boxes, keySeparator, type PartitionSpace, type SimpleSpace } from './partition-space.js'

const rangeMark = '...'

/**
 * The partitions that a text means: keys, ranges `2024-01-01...2024-01-31` and `*`, with commas between them; of several
 * dimensions one of these for each, `2024-01-01...2024-01-31|eu`. Keys with commas or `|` stand in quotes.
 * @throws PARTITIONS_INVALID
 */
export function parsePartitions(space: PartitionSpace, text: string): PartitionSet {
  const terms = splitOutsideQuotes(text, /,/).map((term) => term.trim())
  return PartitionSet.of(terms.flatMap((term) => termSet(space, term).ranges))
}

function termSet(space: PartitionSpace, term: string): PartitionSet {
  if (term === '*') return PartitionSet.first(space.size)
  const { dimensions } = space
  const parts = dimensions.length === 1 ? [term] : splitOutsideQuotes(term, /\|/)
  if (parts.length !== dimensions.length)
    throw invalid(
      `\`${term}\` names no partition: there are ${dimensions.length} dimensions, ${dimensions.map(({ name }) => name).join(keySeparator)}.`,
      `Write a key for each, such as ${space.size > 0 ? space.keyAt(0) : dimensions.map(() => 'key').join(keySeparator)}, or * for all of one.`,
    )
  return boxed(
    space,
    dimensions.map((dimension, i) => simpleTerm(dimension.space, (parts[i] as string).trim())),
  )
}

function simpleTerm(space: SimpleSpace, term: string): PartitionSet {
  if (term === '*') return PartitionSet.first(space.size)
  const [, from = '', to] = /^("[^"]*"|.*?)(?:\.\.\.("[^"]*"|.*))?$/s.exec(term) ?? []
  const first = indexOf(space, from)
  const last = to === undefined ? first : indexOf(space, to)
  if (last < first)
    throw invalid(`The range \`${term}\` of partitions ends before it begins.`, `Write ${to}${rangeMark}${from}.`)
  return PartitionSet.of([[first, last + 1]])
}

function indexOf(space: SimpleSpace, written: string): number {
  const key = written.replace(/^"(.*)"$/s, '$1')
  const index = space.indexOf(key)
  if (index !== undefined) return index
  if (space.size === 0) throw invalid(`There is no partition \`${key}\`: there is none yet.`, noneYet(space))
  const [first, last] = [space.keyAt(0), space.keyAt(space.size - 1)]
  const all = () => Array.from({ length: space.size }, (_, i) => space.keyAt(i))
  const meant = space.windows ? undefined : didYouMean(key, all())
  throw invalid(`There is no partition \`${key}\`.`, meant ?? `There are ${space.size}, from ${first} to ${last}.`)
}

function noneYet({ spec }: SimpleSpace): string {
  if (spec.type === 'dynamic') return `Add keys: \`millrace partitions add ${spec.name} <key>\`.`
  return spec.type === 'time'
    ? `Its first window, from ${spec.start} on, has not ended.`
    : 'Its definition lists no key.'
}

const invalid = (message: string, hint: string) => orchestrateErrors.create('PARTITIONS_INVALID', { message, hint })

/** A short text that means these partitions, also when there are more: `*` stands for keys that stay the same. */
export function partitionsText(space: PartitionSpace, set: PartitionSet): string {
  const parts = [...boxes(space, set)].map((box) => box.map((part, i) => simpleTexts(space, part, i)))
  // A box of several ranges in a dimension is several terms.
  return parts.flatMap((texts) => combined(texts)).join(',')
}

function simpleTexts(space: PartitionSpace, set: PartitionSet, place: number): string[] {
  const dimension = space.dimensions[place]?.space as SimpleSpace
  if (dimension.spec.type === 'static' && set.size === dimension.size) return ['*']
  return set.ranges.map(([from, to]) => {
    const [first, last] = [quoted(dimension.keyAt(from)), quoted(dimension.keyAt(to - 1))]
    return to - from === 1 ? first : `${first}${rangeMark}${last}`
  })
}

const combined = (texts: readonly (readonly string[])[]): string[] =>
  texts.reduce<string[]>(
    (all, own) =>
      all.length === 0 ? [...own] : all.flatMap((left) => own.map((right) => left + keySeparator + right)),
    [],
  )

const quoted = (key: string) => (/[,|]|\.\.\.|^\s|\s$|^\*$/.test(key) ? `"${key}"` : key)
