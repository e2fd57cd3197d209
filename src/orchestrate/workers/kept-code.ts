import { createHash } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuiltCode, buildCode, type CodePlace } from './build-code.js'

/** What was made of definitions.ts, and of what it imports. */
interface Kept {
  /** The name of the folder that has the modules, which is the hash of their texts. */
  readonly output: string
  readonly modules: number
  readonly importsPackages: boolean
  /** All that was looked at, with what was there. */
  readonly looked: Readonly<Record<string, string>>
}

/** A module that is loaded in the place of definitions.ts. */
export interface KeptCode {
  readonly address: string
  /** Then what these import is still to be found. */
  readonly importsPackages: boolean
}

/** Others may be about to load what this one does not need any more. */
const forgetAfterMs = 3600_000
/** The first one finds what is to be looked at, the next is held against it; more where something is being changed. */
const mostBuilds = 4

/**
 * definitions.ts and the project's own code that it imports, as esbuild made modules of them now or earlier; undefined where these cannot
 * stand for the files themselves, which are then to be loaded one by one. They are made anew when anything that they were made of is
 * different, or anything that decides how: the names in the folders, what configures the compiler, packages, Millrace and Node.
 * @param folder where it is kept; several processes may use it at once
 * @param maker the file that this code is in: of another Millrace it is another one
 */
export async function keptCode(
  folder: string,
  place: CodePlace,
  maker: string,
  build = buildCode,
): Promise<KeptCode | undefined> {
  // Another configuration than the folders say.
  if (process.env.TSX_TSCONFIG_PATH) return undefined
  const self = statSync(maker)
  const makers = [process.version, process.env.NODE_OPTIONS, place.library, place.file, maker, self.mtimeMs, self.size]
  const index = join(folder, `${hash(JSON.stringify(makers))}.json`)
  const kept = readKept(index)
  if (kept) {
    // Before it is looked at: nobody forgets it any more, then.
    for (const path of [index, join(folder, kept.output)]) touch(path)
    if (hasOutput(folder, kept) && isAsItWas(kept.looked)) return codeOf(folder, kept)
  }
  try {
    // It may lie in a folder that is looked at, which is another one with it.
    mkdirSync(folder, { recursive: true })
  } catch {
    return undefined
  }
  const made = await madeInPeace(() => build(place), kept?.looked ?? {})
  if (made === undefined) return undefined
  const { modules, importsPackages, looked } = made
  const now: Kept = { output: hash(modules.join('\n')), modules: modules.length, importsPackages, looked }
  const output = join(folder, now.output)
  try {
    mkdirSync(output, { recursive: true })
    for (const [n, text] of modules.entries()) write(join(output, `${n}.mjs`), text)
    write(index, JSON.stringify(now))
    forgetOthers(folder, [index, output])
  } catch {
    // A folder that cannot be written.
    return undefined
  }
  return codeOf(folder, now)
}

/** With all that was looked at, which was the same before and after. @param known what to look at before, of an earlier time */
async function madeInPeace(
  build: () => Promise<BuiltCode | undefined>,
  known: Kept['looked'],
): Promise<(BuiltCode & Pick<Kept, 'looked'>) | undefined> {
  let before = lookAt(Object.keys(known))
  for (let n = 0; n < mostBuilds; n++) {
    const built = await build()
    if (built === undefined) return undefined
    const configs = configFiles(Object.keys(built.read))
    if (configs === undefined) return undefined
    // A file may be found in its folder, or the folder in its own.
    const folders = Object.keys(built.read).flatMap((path) => [dirname(path), dirname(dirname(path))])
    const around = lookAt([...built.files, ...configs, ...folders].filter((path) => !(path in built.read)))
    // What was read while it was being changed is made anew by the next one.
    if (Object.entries(around).every(([path, now]) => before[path] === now))
      return { ...built, looked: { ...around, ...built.read } }
    before = around
  }
  return undefined
}

const hash = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')
const lookAt = (paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, look(path)]))
const codeOf = (folder: string, { output, importsPackages }: Kept): KeptCode => ({
  address: pathToFileURL(join(folder, output, '0.mjs')).href,
  importsPackages,
})

function readKept(index: string): Kept | undefined {
  try {
    const kept = JSON.parse(readFileSync(index, 'utf8')) as Kept
    return typeof kept.output === 'string' && typeof kept.looked === 'object' ? kept : undefined
  } catch {
    // There is none, or it was cut: as good as none.
    return undefined
  }
}

/** A file that was cut, or changed, is another one. */
function hasOutput(folder: string, { output, modules }: Kept): boolean {
  try {
    const texts = Array.from({ length: modules }, (_, n) => readFileSync(join(folder, output, `${n}.mjs`), 'utf8'))
    return hash(texts.join('\n')) === output
  } catch {
    return false
  }
}

const isAsItWas = (looked: Kept['looked']) => Object.entries(looked).every(([path, was]) => look(path) === was)

/** A place of a package, in which there may be a link to it. */
const isPackage = /[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+$/

/** What is there: of a file its content, of a folder the names that an import may mean, or which package it is; empty for nothing. */
export function look(path: string): string {
  try {
    return isPackage.test(path) ? realpathSync(path) : hash(readFileSync(path))
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

/**
 * What may configure the compiler or say of which type a file is, in the folders of the files and all above; undefined where the compiler
 * looks for it in packages.
 */
function configFiles(files: readonly string[]): readonly string[] | undefined {
  const folders = new Set<string>()
  for (const file of files) for (let at = dirname(file); !folders.has(at); at = dirname(at)) folders.add(at)
  const found = new Set<string>()
  for (const at of folders) {
    found.add(join(at, 'package.json'))
    for (const name of ['tsconfig.json', 'jsconfig.json']) if (!addConfig(join(at, name), found)) return undefined
  }
  return [...found]
}

const commentOrText = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g

/** With what it builds on, where that is named from its own folder; otherwise false. */
function addConfig(path: string, found: Set<string>): boolean {
  if (found.has(path)) return true
  found.add(path)
  let text: string
  try {
    text = readFileSync(path, 'utf8').replace(commentOrText, (part) => (part.startsWith('"') ? part : ' '))
  } catch {
    return true
  }
  const bases = [...text.matchAll(/"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/g)].flatMap(([, names = '']) =>
    [...names.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name),
  )
  return bases.every((name) => {
    const base = resolve(dirname(path), name)
    const places = [base, `${base}.json`, join(base, 'tsconfig.json')]
    return /^\.\.?\//.test(name) && places.every((one) => addConfig(one, found))
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

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // It is gone, or others may only read it, who cannot forget it either.
  }
}

function forgetOthers(folder: string, needed: readonly string[]): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const writtenMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (!needed.includes(path) && Date.now() - writtenMs > forgetAfterMs) rmSync(path, { recursive: true, force: true })
  }
}
