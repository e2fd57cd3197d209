import { plural } from '../../../base/index.js'
import type { WrittenFile } from '../../../platform/index.js'

interface Told {
  readonly isDryRun: boolean
  readonly tasks: readonly { readonly section: string; readonly text: string }[]
}

const words = { new: 'written', changed: 'written anew', unchanged: 'says the same already' }
const dryWords = { new: 'would be written', changed: 'would be written anew', unchanged: 'says the same already' }

/** Which files an import wrote, and what it leaves to a person. */
export function tellWritten(files: readonly WrittenFile[], { isDryRun, tasks }: Told): void {
  for (const { path, status } of files) console.log(`  ${path}: ${(isDryRun ? dryWords : words)[status]}`)
  if (tasks.length === 0) return
  const list = files.find(({ path }) => path.endsWith('.md'))?.path
  console.log(`\n${plural(tasks.length, 'thing')} left to do${list === undefined ? '' : `, told in ${list}`}:`)
  const sections = new Map<string, string[]>()
  for (const { section, text } of tasks) sections.set(section, [...(sections.get(section) ?? []), text])
  for (const [section, texts] of sections) {
    console.log(`\n${section}`)
    for (const text of texts)
      console.log(`  - ${text.replaceAll('`', '').replaceAll('\n\n', '\n').replaceAll('\n', '\n    ')}`)
  }
}
