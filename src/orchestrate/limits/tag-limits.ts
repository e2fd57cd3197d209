import type { TagLimit } from '../contract/index.js'

type Tagged = { readonly tags: Readonly<Record<string, string>> }

/** The first limit that keeps a run waiting beside those that go on, in words; undefined where none does. */
export function limitThatHolds(run: Tagged, going: readonly Tagged[], limits: readonly TagLimit[]): string | undefined {
  for (const { key, value, isPerValue, limit } of limits) {
    const own = run.tags[key]
    if (own === undefined || (value !== undefined && own !== value)) continue
    const isMeant = ({ tags }: Tagged) =>
      tags[key] !== undefined && (isPerValue || value !== undefined ? tags[key] === own : true)
    const taken = going.filter(isMeant).length
    if (taken >= limit) {
      const what = isPerValue || value !== undefined ? `${key}=${own}` : key
      return `${taken} of at most ${limit} runs with the tag ${what} are going on`
    }
  }
  return undefined
}
