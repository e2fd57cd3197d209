import type { Monitored } from '../contract/index.js'

/** The selection of assets that it is about; undefined where it is about runs of anything. */
export const monitoredSelection = (told: Monitored): string | undefined =>
  told.type === 'materializations' ? told.assets : told.of?.assets

/** Of what a sensor is told. */
export function monitoredWords(told: Monitored): string {
  if (told.type === 'materializations')
    return told.all ? `when all of ${told.assets} were made` : `when ${told.assets} was made`
  const { assets, startedBy, tags = {} } = told.of ?? {}
  const of = [
    assets === undefined ? '' : ` of ${assets}`,
    startedBy ? ` that ${startedBy.join(' or ')} started` : '',
    ...Object.entries(tags).map(([key, value]) => ` with ${key}: ${value}`),
  ]
  return `when a run${of.join('')} ${told.statuses.join(' or ')}`
}
