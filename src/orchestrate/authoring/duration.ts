import { orchestrateErrors } from '../errors.js'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `30s` → 30000. @throws DEFINITIONS_INVALID for anything that is not a number with a unit */
export function durationMs(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(String(text).trim()) ?? []
  if (digits === undefined)
    throw orchestrateErrors.create('DEFINITIONS_INVALID', {
      message: `\`${text}\` is not a duration.`,
      hint: 'Give a number with a unit: 500ms, 30s, 5m, 1h or 1d.',
    })
  return Number(digits) * (unitMs[unit] as number)
}
