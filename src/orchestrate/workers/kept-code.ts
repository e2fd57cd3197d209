import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildCode, type CodePlace } from './build-code.js'

/** What was made of definitions.ts, and of what it imports. */
interface Kept {
  /** The name of the file that has it, which is the hash of its text. */
  readonly output: string
  /** All that was looked at, with what was there. */
  readonly looked: Readonly<Record<string, string>>
}

/** Others may be about to load what this one does not need any more. */
const forgetAfterMs = 3600_000

/**
 * The address of a module that is definitions.ts with the project's own code in it, as esbuild made it now or earlier; undefined where
 * that cannot stand for the files themselves, which are then to be loaded one by one. It is made anew when anything that it was made of
 * is different, or anything that decides how: the names in the folders, what configures the compiler, packages, Millrace and Node.
 * @param folder where it is kept; several processes may use it at once
 * @param maker the file that this code is in: of another Millrace it is another one
 */
export async function keptCode(folder: string, place: CodePlace, maker: string): Promise<string | undefined> {
  // Another configuration than the folders say.
  if (process.env.TSX_TSCONFIG_PATH) return undefined
  const self = statSync(maker)
  const makers = [process.version, process.env.NODE_OPTIONS, place.library, place.file, maker, self.mtimeMs, self.size]
  const index = join(folder, `${hash(JSON.stringify(makers))}.json`)
  const kept = readKept(index)
  if (kept && hasOutput(folder, kept.output) && isAsItWas(kept.looked)) return addressOf(folder, kept.output)
  const built = await buildCode(place)
  if (built === undefined) return undefined
  // What was read while it was being changed is made anew by the next one.
  const looked: Record<string, string> = { ...built.read }
  for (const path of [...built.files, ...configFiles(Object.keys(built.read))]) looked[path] ??= look(path)
  // A file may be found in its folder, or the folder in its own.
  for (const path of Object.keys(built.read))
    for (const at of [dirname(path), dirname(dirname(path))]) looked[at] ??= look(at)
  const output = hash(built.text)
  try {
    mkdirSync(folder, { recursive: true })
    write(join(folder, `${output}.mjs`), built.text)
    write(index, JSON.stringify({ output, looked } satisfies Kept))
    forgetOthers(folder, [index, join(folder, `${output}.mjs`)])
  } catch {
    // A folder that cannot be written.
    return undefined
  }
  return addressOf(folder, output)
}

const hash = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')
const addressOf = (folder: string, output: string) => pathToFileURL(join(folder, `${output}.mjs`)).href

function readKept(index: string): Kept | undefined {
  try {
    const { output, looked } = JSON.parse(readFileSync(index, 'utf8')) as Kept
    return typeof output === 'string' && typeof looked === 'object' ? { output, looked } : undefined
  } catch {
    // There is none, or it was cut: as good as none.
    return undefined
  }
}

/** A file that was cut, or changed, is another one. */
const hasOutput = (folder: string, output: string) => look(join(folder, `${output}.mjs`)) === output

const isAsItWas = (looked: Kept['looked']) => Object.entries(looked).every(([path, was]) => look(path) === was)

/** What is there: of a file its content, of a folder the names that an import may mean; empty for nothing. */
export function look(path: string): string {
  try {
    return hash(readFileSync(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') return ''
    const entries = readdirSync(path, { withFileTypes: true })
    const meant = entries.filter((entry) => entry.isDirectory() || /^\.([cm]?[jt]sx?|json)$/.test(extname(entry.name)))
    return hash(
      meant
        .map(({ name }) => name)
        .sort()
        .join('\n'),
    )
  }
}

/** What may configure the compiler or say of which type a file is, in the folders of the files and all above. */
function configFiles(files: readonly string[]): readonly string[] {
  const folders = new Set<string>()
  for (const file of files) for (let at = dirname(file); !folders.has(at); at = dirname(at)) folders.add(at)
  const found = [...folders].flatMap((at) =>
    ['tsconfig.json', 'jsconfig.json', 'package.json'].map((name) => join(at, name)),
  )
  return found.flatMap((path) => [path, ...extended(path)])
}

/** What a tsconfig.json builds on, where that is a file beside it; of packages the build itself tells. */
function extended(path: string, seen: readonly string[] = []): readonly string[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  const names = [...(/"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(text)?.[1] ?? '').matchAll(/"([^"]*)"/g)]
  return names.flatMap(([, name = '']) => {
    const base = resolve(dirname(path), name.endsWith('.json') ? name : `${name}.json`)
    return !name.startsWith('.') || seen.includes(base) ? [] : [base, ...extended(base, [...seen, base])]
  })
}

/** As a whole or not at all. */
function write(path: string, text: string): void {
  const own = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    writeFileSync(own, text, { mode: 0o600 })
    renameSync(own, path)
  } catch (error) {
    rmSync(own, { force: true })
    throw error
  }
}

function forgetOthers(folder: string, needed: readonly string[]): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const writtenMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (!needed.includes(path) && Date.now() - writtenMs > forgetAfterMs) rmSync(path, { force: true })
  }
}
