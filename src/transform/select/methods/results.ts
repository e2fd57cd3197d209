import { missingState, type SelectorMethod } from './method.js'

/** `result:error`: what ended so in the former run. */
export const resultMethod: SelectorMethod = (value, { previous }) => {
  if (!previous.results)
    throw missingState(
      'No comparison run_results',
      "The method 'result' needs the run_results.json of a former run: pass --state with the folder that holds it.",
    )
  const ids = new Set(previous.results.filter(({ status }) => status === value).map(({ unique_id }) => unique_id))
  return (node) => ids.has(node.unique_id)
}

/** `source_status:fresher`: sources that hold newer rows than at the former freshness check. */
export const sourceStatusMethod: SelectorMethod = (value, { previous }) => {
  const { sources: before, currentSources: now } = previous
  if (!before)
    throw missingState(
      'No previous state comparison freshness results in sources.json',
      'Pass --state with the folder that a former `source freshness` wrote into.',
    )
  if (!now)
    throw missingState(
      'No current state comparison freshness results in sources.json',
      'Run `source freshness` first: what it finds is compared with the former results.',
    )
  return (node) => {
    const current = now.get(node.unique_id)
    const former = before.get(node.unique_id)
    if (value !== 'fresher' || typeof current !== 'string' || former === null) return false
    return former === undefined || Date.parse(current) > Date.parse(former)
  }
}
