/** What is tagged, and what else has only such a name: each time it travels it gets one more sign in front. */
const tag = /^\$+(?:bigint|bytes)$/

/**
 * Values between engine and its clients travel as JSON lines. What JSON cannot hold exactly is tagged:
 * bigint → {"$bigint": "…"}, bytes → {"$bytes": base64}, undefined in arrays → null. What people send and tables hold may look
 * like that as well: {"$bigint": …} → {"$$bigint": …}.
 */
export function encode(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, plain: unknown) {
    const original = this[key]
    if (typeof original === 'bigint') return new Tagged('$bigint', original.toString())
    if (original instanceof Uint8Array) return new Tagged('$bytes', Buffer.from(original).toString('base64'))
    const own = onlyTag(plain)
    return own === undefined ? plain : new Tagged(`$${own}`, (plain as Record<string, unknown>)[own])
  })
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    const own = onlyTag(value)
    if (own === undefined) return value
    const inside = (value as Record<string, unknown>)[own]
    if (own === '$bigint') return BigInt(inside as string)
    if (own === '$bytes') return new Uint8Array(Buffer.from(inside as string, 'base64'))
    return { [own.slice(1)]: inside }
  })
}

/** Is written as it is. */
class Tagged {
  constructor(name: string, inside: unknown) {
    Object.assign(this, { [name]: inside })
  }
}

/** The name of the only field of an object, where it is a tag. */
function onlyTag(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof Tagged) return undefined
  const [name, ...others] = Object.keys(value)
  return name !== undefined && others.length === 0 && tag.test(name) ? name : undefined
}
