/**
 * Values between engine and its clients travel as JSON lines. What JSON cannot hold exactly is tagged:
 * bigint → {"$bigint": "…"}, bytes → {"$bytes": base64}, undefined in arrays → null.
 */
export function encode(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, plain: unknown) {
    const original = this[key]
    if (typeof original === 'bigint') return { $bigint: original.toString() }
    if (original instanceof Uint8Array) return { $bytes: Buffer.from(original).toString('base64') }
    return plain
  })
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (value === null || typeof value !== 'object') return value
    const tagged = value as { $bigint?: unknown; $bytes?: unknown }
    if (typeof tagged.$bigint === 'string' && Object.keys(value).length === 1) return BigInt(tagged.$bigint)
    if (typeof tagged.$bytes === 'string' && Object.keys(value).length === 1)
      return new Uint8Array(Buffer.from(tagged.$bytes, 'base64'))
    return value
  })
}
