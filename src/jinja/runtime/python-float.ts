const digits = '\\d(?:_?\\d)*'
const number = new RegExp(`^[+-]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:e[+-]?${digits})?$`, 'i')
const named = /^([+-]?)(inf|infinity|nan)$/i

/** Python's `float(text)`; undefined where that raises. */
export function pythonFloat(text: string): number | undefined {
  const trimmed = text.trim()
  if (number.test(trimmed)) return Number(trimmed.replaceAll('_', ''))
  const [, sign, name] = named.exec(trimmed) ?? []
  if (name === undefined) return undefined
  if (name.toLowerCase() === 'nan') return Number.NaN
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}
