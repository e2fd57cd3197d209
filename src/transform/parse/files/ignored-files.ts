import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../../../base/index.js'
import { pathPattern } from '../../select/wildcard.js'

interface Rule {
  readonly pattern: RegExp
  /** `!keep.sql`: what a line before it left out is read again. */
  readonly isKept: boolean
  /** `folder/` */
  readonly isFolder: boolean
}

/** What a package's `.dbtignore` leaves out, as .gitignore is written. Paths are those from the package's folder, with `/`. */
export function ignoredFiles(dir: string): (path: string) => boolean {
  const file = join(dir, '.dbtignore')
  if (!existsSync(file)) return () => false
  const rules = readText(file).split(/\r?\n/).flatMap(ruleOf)
  return (path) => {
    const parts = path.split('/')
    const above = parts.map((_, i) => parts.slice(0, i + 1).join('/'))
    const last = rules.findLast(({ pattern, isFolder }) =>
      above.some((place) => pattern.test(place) && !(isFolder && place === path)),
    )
    return last !== undefined && !last.isKept
  }
}

function ruleOf(line: string): Rule[] {
  const written = line.trimEnd()
  if (written === '' || written.startsWith('#')) return []
  const isKept = written.startsWith('!')
  const glob = isKept ? written.slice(1) : written.replace(/^\\(?=[!#])/, '')
  const isFolder = glob.endsWith('/')
  // Without a slash a name counts in every folder.
  const isAnchored = glob.replace(/\/$/, '').includes('/')
  return [{ pattern: pathPattern(isAnchored ? glob : `**/${glob}`), isKept, isFolder }]
}
