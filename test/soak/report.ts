import type { Account } from './account.js'

/** For people: what was done, how much there is, and what holds. @returns how many findings there are */
export function report({ findings, facts }: Account, counts: Readonly<Record<string, number>>): number {
  for (const [what, n] of Object.entries(counts).sort()) console.log(`  ${String(n).padStart(7)}  ${what}`)
  for (const [what, n] of Object.entries(facts))
    console.log(`  ${typeof n === 'number' ? String(n).padStart(7) : JSON.stringify(n)}  ${what}`)
  for (const [name, lines] of Object.entries(findings)) {
    console.log(`${lines.length === 0 ? '   holds' : '     OFF'}  ${name}`)
    for (const line of lines.slice(0, 20)) console.log(`            ${line}`)
    if (lines.length > 20) console.log(`            and ${lines.length - 20} more`)
  }
  return Object.values(findings).reduce((sum, lines) => sum + lines.length, 0)
}
