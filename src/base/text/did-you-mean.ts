import { nearest } from './nearest.js'

/** The nearest known name, when one is near enough to be meant. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const [longer, ...others] = known.filter((candidate) => candidate.startsWith(name))
  const isBeginning = longer !== undefined && others.length === 0 && name.length > 2
  const meant = isBeginning ? longer : nearest(name, known, 1)[0]
  return meant && `Did you mean '${meant}'?`
}
