import type { Metadata } from '../../contract/index.js'

/** A number of some metadata, or why there is none. */
export function numberIn(metadata: Metadata, name: string): number | { readonly missing: string } {
  const value = metadata[name]
  if (typeof value === 'number') return value
  const numbers = Object.entries(metadata).flatMap(([key, one]) => (typeof one === 'number' ? [key] : []))
  const there = numbers.length === 0 ? 'no number at all' : numbers.join(', ')
  return { missing: `It told no number ${name}; there is ${there}` }
}

/** For the name of a check. */
export const nameOf = (metadata: string): string => metadata.replace(/[\s,*+]+/g, '_')
