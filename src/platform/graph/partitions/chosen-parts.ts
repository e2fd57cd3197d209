import type { RunPartition } from '../../../orchestrate/index.js'

/** A stretch of time that some partitions make together, or keys. */
export interface ChosenPart {
  /** Of its partitions, in their order. */
  readonly keys: readonly string[]
  readonly part: { readonly start: Date; readonly end: Date } | { readonly values: readonly string[] }
}

/** Partitions of a run as they are made at once: windows that lie side by side are one stretch of time, and keys go together. */
export function chosenParts(partitions: readonly RunPartition[]): ChosenPart[] {
  const values = partitions.flatMap(({ key, window }) => (window ? [] : [key]))
  const stretches: { keys: string[]; start: string; end: string }[] = []
  for (const { key, window } of partitions) {
    if (!window) continue
    const last = stretches.at(-1)
    if (last?.end === window.start) {
      last.keys.push(key)
      last.end = window.end
    } else stretches.push({ keys: [key], ...window })
  }
  return [
    ...stretches.map(({ keys, start, end }) => ({ keys, part: { start: new Date(start), end: new Date(end) } })),
    ...(values.length > 0 ? [{ keys: values, part: { values } }] : []),
  ]
}
