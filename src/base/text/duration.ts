const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `30s` → 30000, in ms; undefined for anything that is not a number with a unit. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(String(text).trim()) ?? []
  return digits === undefined ? undefined : Number(digits) * (unitMs[unit] as number)
}

/** What to say where it is none. */
export const durationHint = 'Give a number with a unit: 500ms, 30s, 5m, 1h or 1d.'
