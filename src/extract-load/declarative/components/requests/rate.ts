import { z } from 'zod'
import { PyTimeDelta } from '../../../../python/index.js'
import { parseIsoDuration } from '../../datetime/index.js'
import { failure } from '../../failure.js'
import type { Interpolation } from '../../interpolation/index.js'
import { wholeNumber } from './http-request-regex-matcher.js'

export const rateSchema = z.looseObject({ limit: z.union([z.int(), z.string()]), interval: z.string() })

export interface Rate {
  readonly limit: number
  readonly intervalMs: number
}

export function compileRate({ limit, interval }: z.output<typeof rateSchema>, interpolation: Interpolation): Rate {
  const duration = parseIsoDuration(interval)
  if (!(duration instanceof PyTimeDelta))
    throw failure('MANIFEST_INVALID', {
      message: `A rate has the interval \`${interval}\`; months and years are of no fixed length.`,
      hint: 'Write it in days, hours, minutes or seconds.',
      failureType: 'system_error',
    })
  return { limit: wholeNumber('limit', limit, interpolation), intervalMs: Math.trunc(duration.ms) }
}
