import { z } from 'zod'
import { failure } from '../../failure.js'
import type { Interpolation } from '../../interpolation/index.js'
import { numberIn } from './seconds.js'

export const maxWaitingTime = () => z.union([z.number(), z.string()]).nullish()

/** Refuses waits that are too long. */
export interface LongestWait {
  /** @returns the same @throws where it is as long as the manifest allows, or longer */
  allowed(seconds: number): number
}

/** `max_waiting_time_in_seconds`, which is known before anything is asked. @throws where it says no number */
export function longestWait(given: number | string | null | undefined, interpolation: Interpolation): LongestWait {
  if (given === null || given === undefined) return { allowed: (seconds) => seconds }
  const limit = typeof given === 'number' ? given : numberIn(interpolation.value(given)())
  if (limit === undefined || !Number.isFinite(limit))
    throw failure('MANIFEST_INVALID', {
      message: `\`max_waiting_time_in_seconds\` says \`${given}\`, which is no number with these settings.`,
      hint: 'The manifest has to be put right: the settings that it names are not there, or are no numbers.',
      failureType: 'system_error',
    })
  return {
    allowed: (seconds) => {
      if (seconds < limit) return seconds
      throw failure('API_UNAVAILABLE', {
        message: `The API asks to wait ${seconds} s, and the manifest allows less than ${limit} s.`,
        hint: 'Sync again later: the limit of the API is used up for now.',
        failureType: 'transient_error',
      })
    },
  }
}
