import { createHash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parsePythonYaml, readText } from '../../base/index.js'
import { type DeclaredPackage, lockFile } from '../project/declared-packages.js'
import { isMapping } from '../project/yaml-file.js'

/** What the lock file was made from: dbt and we agree on it, so either may use the other's lock file. */
export function hashOf(declared: readonly DeclaredPackage[]): string {
  const lines = declared.map(({ contract }) => pythonJson(contract)).sort(byCodePoint)
  return createHash('sha1').update(lines.join('\n')).digest('hex')
}

const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** Python's `json.dumps(value, sort_keys=True)`. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (isMapping(value)) {
    const keys = Object.keys(value).sort(byCodePoint)
    return `{${keys.map((key) => `${pythonJson(key)}: ${pythonJson(value[key])}`).join(', ')}}`
  }
  if (typeof value === 'string')
    return JSON.stringify(value).replace(
      /[\u007f-\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  return JSON.stringify(value ?? null)
}

/** The hash in the lock file of a project; undefined without one. */
export function lockedHash(dir: string): string | undefined {
  const path = join(dir, lockFile)
  if (!existsSync(path)) return undefined
  const lock = parsePythonYaml(readText(path))
  return isMapping(lock) && typeof lock.sha1_hash === 'string' ? lock.sha1_hash : ''
}

export type LockEntry = Readonly<Record<string, string>>

/** Writes `package-lock.yml` as dbt writes it. Answers its path. */
export function writeLockFile(dir: string, packages: readonly LockEntry[], hash: string): string {
  const path = join(dir, lockFile)
  const lines = packages.flatMap((entry) =>
    Object.keys(entry)
      .sort()
      .map((key, i) => `${i === 0 ? '  - ' : '    '}${key}: ${yamlText(entry[key] as string)}`),
  )
  const list = packages.length === 0 ? ['packages: []'] : ['packages:', ...lines]
  writeFileSync(path, `${[...list, `sha1_hash: ${yamlText(hash)}`].join('\n')}\n`)
  return path
}

/** Plain where YAML reads the same text back, else in single quotes. */
function yamlText(text: string): string {
  const isPlain =
    /^[A-Za-z0-9._/@:+-][^\n#{}[\]&*!|>'"%`,]*$/.test(text) && !/: |:$| $/.test(text) && parsePythonYaml(text) === text
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`
}
