import { didYouMean } from '../../../../base/index.js'

/**
 * In words: states of streams that the source does not have.
 * @param given names of streams that have one
 */
export function unreadStates(given: readonly string[], known: readonly string[]): string | undefined {
  const others = given.filter((name) => !known.includes(name))
  const [first] = others
  if (first === undefined) return undefined
  const names = others.map((name) => `\`${name}\``).join(', ')
  return [`Not used is the state of ${names}: the source has no such stream.`, didYouMean(first, known)]
    .filter(Boolean)
    .join(' ')
}
