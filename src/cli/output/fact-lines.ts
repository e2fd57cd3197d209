import { out } from './colors.js'

/** Facts one below the other, their values in a column; those without a value are left out. */
export function factLines(facts: readonly (readonly [name: string, value: string | undefined])[]): string {
  const known = facts.filter(([, value]) => value !== undefined)
  const width = Math.max(...known.map(([name]) => name.length))
  return known.map(([name, value]) => `  ${out.dim(name.padEnd(width))}  ${value}`).join('\n')
}
