import { accessErrors } from './errors.js'

const unitsMs = { h: 3600_000, d: 24 * 3600_000, w: 7 * 24 * 3600_000 } as const
const longestMs = 3650 * unitsMs.d

/** `12h`, `90d`, `4w` from now. @throws TOKEN_INVALID */
export function expiryOf(text: string, now: Date): Date {
  const [, number = '', unit = ''] = /^(\d{1,5})([hdw])$/.exec(text.trim()) ?? []
  const lengthMs = Number(number) * (unitsMs[unit as keyof typeof unitsMs] ?? 0)
  if (lengthMs > 0 && lengthMs <= longestMs) return new Date(now.getTime() + lengthMs)
  throw accessErrors.create('TOKEN_INVALID', {
    message: `\`${text.slice(0, 40)}\` is no time after which a token may end.`,
    hint: 'Write hours, days or weeks: 12h, 90d, 4w; ten years at most.',
  })
}
