import { didYouMean } from '../../../base/index.js'

/**
 * In words: states that no stream is read from. One file may have those of all streams, of which some are looked at: then it is told only
 * where none is theirs.
 * @param given names of streams that have one
 */
export function unreadStates(given: readonly string[], read: readonly string[], isPart: boolean): string | undefined {
  const others = given.filter((name) => !read.includes(name))
  const [first] = others
  if (first === undefined || (isPart && others.length < given.length)) return undefined
  const names = others.map((name) => `\`${name}\``).join(', ')
  return [`Not used is the state of ${names}: no such stream is read here.`, didYouMean(first, read)]
    .filter(Boolean)
    .join(' ')
}
