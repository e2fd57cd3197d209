/** `1 model`, `2 analyses`, `3 saved queries`. @param shown the number as people read it */
export function plural(count: number, name: string, shown: string = String(count)): string {
  if (count === 1) return `1 ${name}`
  if (name.endsWith('is')) return `${shown} ${name.slice(0, -2)}es`
  if (/[^aeiou]y$/.test(name)) return `${shown} ${name.slice(0, -1)}ies`
  return `${shown} ${name}${name.endsWith('s') ? 'es' : 's'}`
}
