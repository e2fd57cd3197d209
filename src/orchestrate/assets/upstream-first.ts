/** Each item after those of its upstream, and otherwise as they came. In a circle, which others refuse, each comes once all the same. */
export function upstreamFirst<T>(items: Iterable<T>, upstreamOf: (item: T) => Iterable<T>): T[] {
  const done = new Set<T>()
  const order: T[] = []
  const visit = (item: T) => {
    if (done.has(item)) return
    done.add(item)
    for (const upstream of upstreamOf(item)) visit(upstream)
    order.push(item)
  }
  for (const item of items) visit(item)
  return order
}
