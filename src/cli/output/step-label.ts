/** A step's key in words: `dbt:test.shop.not_null_orders_id.1a2b3c4d5e` is `test not_null_orders_id`. */
export function stepLabel(key: string): string {
  const [kind = '', rest = ''] = split(key, ':')
  if (kind !== 'dbt') return `${kind === 'ts' ? 'typescript' : kind} ${rest}`
  const [type = '', , ...name] = rest.split('.')
  // A generic test ends with a hash that keeps its id unique; its name is unique enough for people.
  const isHashed = type === 'test' && name.length > 1
  return `${type.replace('_', ' ')} ${(isHashed ? name.slice(0, -1) : name).join('.')}`
}

/** Tests are checks: many, and of interest when they fail. */
export function isCheckStep(key: string): boolean {
  return key.startsWith('dbt:test.') || key.startsWith('dbt:unit_test.')
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
