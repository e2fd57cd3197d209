import { didYouMean } from '../../../../base/index.js'
import { isPlainMapping } from '../../dpath/index.js'

const mostShown = 20

/** In words: the key at which a path leaves an answer, and those that are there instead. Undefined where it leads to something, however empty. */
export function missingKey(path: readonly string[], body: unknown): string | undefined {
  let holder = body
  for (const [at, key] of path.entries()) {
    // An answer without anything is an empty object to the decoders, too.
    if (!isPlainMapping(holder) || Object.keys(holder).length === 0) return undefined
    if (!Object.hasOwn(holder, key)) return told(path.slice(0, at), key, Object.keys(holder))
    holder = holder[key]
  }
  return undefined
}

function told(before: readonly string[], key: string, keys: readonly string[]): string {
  const place = before.length === 0 ? 'The answer' : `\`${before.join('.')}\` of the answer`
  const more = keys.length > mostShown ? `, and ${keys.length - mostShown} more` : ''
  const found = `${keys.slice(0, mostShown).join(', ')}${more}`
  return [`${place} has no \`${key}\`; it has: ${found}.`, didYouMean(key, keys)].filter(Boolean).join(' ')
}
