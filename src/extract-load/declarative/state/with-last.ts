export interface Item<T, N> {
  readonly item: T
  readonly isLast: boolean
  /** What was so when the item came, before anything was done for the one after it. */
  readonly note: N
}

/**
 * Items, each with whether it is the last one. The one after it is fetched first, as the CDK does it: that decides how many requests a
 * reader makes that stops early.
 */
export async function* withLast<T, N = undefined>(
  items: AsyncIterable<T>,
  note: () => N = () => undefined as N,
): AsyncGenerator<Item<T, N>> {
  let waiting: { readonly item: T; readonly note: N } | undefined
  for await (const item of items) {
    const noted = note()
    if (waiting) yield { ...waiting, isLast: false }
    waiting = { item, note: noted }
  }
  if (waiting) yield { ...waiting, isLast: true }
}
