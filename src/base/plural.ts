/** `1 model`, `2 analyses`, `3 saved queries`. */
export function plural(count: number, name: string): string {
  if (count === 1) return `1 ${name}`
  if (name.endsWith('is')) return `${count} ${name.slice(0, -2)}es`
  if (/[^aeiou]y$/.test(name)) return `${count} ${name.slice(0, -1)}ies`
  return `${count} ${name}${name.endsWith('s') ? 'es' : 's'}`
}
