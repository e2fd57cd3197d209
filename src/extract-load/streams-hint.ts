import { didYouMean } from '../base/index.js'

/**
 * What to do where a source has no stream of a name.
 * @param names that it has
 * @param listed those of them that are shown
 */
export const streamsHint = (meant: string, names: readonly string[], listed = names): string =>
  [didYouMean(meant, names), `Its streams: ${listed.join(', ') || 'none'}.`].filter(Boolean).join(' ')
