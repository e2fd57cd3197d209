import { invalidValue, type SelectorMethod } from './method.js'

/** `result:error`: what ended so in the former run. */
export const resultMethod: SelectorMethod = (value, { previous }) => {
  if (!previous.results)
    throw invalidValue(
      "The method 'result' needs the run_results.json of a former run.",
      'Pass --state with the folder that holds it.',
    )
  const ids = new Set(previous.results.filter(({ status }) => status === value).map(({ unique_id }) => unique_id))
  return (node) => ids.has(node.unique_id)
}

/** `source_status:fresher`: sources that hold newer rows than at the former freshness check. */
export const sourceStatusMethod: SelectorMethod = (value, { previous }) => {
  const { sources: before, currentSources: now } = previous
  if (!before || !now)
    throw invalidValue(
      "The method 'source_status' needs the sources.json of a former and of the current freshness check.",
      'Run `source freshness` first, and pass --state with the former folder.',
    )
  return (node) => {
    const current = now.get(node.unique_id)
    const former = before.get(node.unique_id)
    if (value !== 'fresher' || typeof current !== 'string' || former === null) return false
    return former === undefined || Date.parse(current) > Date.parse(former)
  }
}
