/** JSON with sorted keys; what is missing and what is null are the same: later versions note more, which is null where nobody set it. */
export function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(
          Object.entries(item)
            .filter(([, value]) => value !== null)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : typeof item === 'bigint'
        ? String(item)
        : item,
  )
}

/** Whether two values say the same. */
export const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

export const sameKeys = (a: object, b: object, keys: readonly string[]) =>
  keys.every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
