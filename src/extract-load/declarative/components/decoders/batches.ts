/** Values that are handed on together: enough that handing on costs nothing, few enough for memory. */
export const batchSize = 2000

/** Values as they come, some at a time. */
export async function* inBatches(
  values: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncIterable<readonly unknown[]> {
  let batch: unknown[] = []
  for await (const value of values) {
    batch.push(value)
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
