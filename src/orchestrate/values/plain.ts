import type { Metadata } from '../contract/index.js'

/**
 * A value as JSON can hold it. Counts come from a warehouse as bigint: they become numbers where a number holds them.
 * Functions and undefined are left out.
 */
export function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'bigint') return item
    return Number.isSafeInteger(Number(item)) ? Number(item) : item.toString()
  })
  return text === undefined ? undefined : JSON.parse(text)
}

export const plainMetadata = (values: object | undefined): Metadata => plain(values ?? {}) as Metadata
