import { orchestrateErrors } from '../errors.js'

type Tags = Readonly<Record<string, string>>

/** What tags of a run say about how it is carried out. */
export interface RunSettings {
  /** Higher ones are taken first. */
  readonly priority?: number | undefined
  readonly maxRuntimeMs?: number | undefined
  /** How often it is tried again, from where it failed. */
  readonly maxRetries?: number | undefined
}

/** How many times it was tried again already. */
export const retryNumberTag = 'millrace/retry_number'

/** Under Millrace's name and, so that what people have goes on, under Dagster's. */
const prefixes = ['millrace/', 'dagster/'] as const

/** @throws RUN_TAG_INVALID for a value that is no number */
export function settingsOfTags(tags: Tags): RunSettings {
  const seconds = numberOf(tags, 'max_runtime', 1)
  return {
    priority: numberOf(tags, 'priority'),
    maxRuntimeMs: seconds === undefined ? undefined : seconds * 1_000,
    maxRetries: numberOf(tags, 'max_retries', 0),
  }
}

function numberOf(tags: Tags, name: string, least = Number.NEGATIVE_INFINITY): number | undefined {
  const tag = prefixes.map((prefix) => prefix + name).find((one) => tags[one] !== undefined)
  if (tag === undefined) return undefined
  const value = Number(tags[tag])
  if (tags[tag]?.trim() !== '' && Number.isInteger(value) && value >= least && Math.abs(value) < 1e9) return value
  throw orchestrateErrors.create('RUN_TAG_INVALID', {
    message: `The tag ${tag} of a run is \`${tags[tag]}\`, which is no whole number${least >= 0 ? ` from ${least} on` : ''}.`,
    hint: 'millrace/priority, millrace/max_runtime (seconds) and millrace/max_retries are numbers.',
  })
}
