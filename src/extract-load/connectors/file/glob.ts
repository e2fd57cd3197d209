import { isHttp } from './address.js'

/** Something in a folder. Links are what they lead to once `stat` was asked. */
export interface TreeEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'link' | 'other'
}

/** Folders within folders: of this machine, or of a server. */
export interface FileTree<Entry extends TreeEntry> {
  /** None where there is no such folder (any more). */
  entries(folder: string): Promise<readonly Entry[]>
  /** What a path leads to, through links; undefined where there is nothing (any more). */
  stat(path: string): Promise<Entry | undefined>
}

/**
 * Files that match a pattern of `*`, `?` and `**`, by their paths. Only folders that the pattern can reach are looked into: what
 * else lies beside them (node_modules, a database that works) is nobody's business. Links to files count as files, links
 * to folders are followed where the pattern names a folder, but not by `**`, which could go round in circles. What goes
 * away while it is looked at is not there.
 * @param pattern begins with a name where the tree takes paths that do, or with `/`
 * @throws what the tree throws, for a folder that may not be read
 */
export async function globTree<Entry extends TreeEntry>(
  tree: FileTree<Entry>,
  pattern: string,
): Promise<ReadonlyMap<string, Entry>> {
  const [first = '', ...rest] = pattern.split('/')
  const found = new Map<string, Entry>()
  // An absolute path begins with nothing, or with the letter of a disk.
  const isAbsolute = first === '' || /^[A-Za-z]:$/.test(first)
  await walk(tree, isAbsolute ? `${first}/` : '', isAbsolute ? rest : [first, ...rest], found)
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const within = (folder: string, name: string) =>
  folder === '' || folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`

async function walk<Entry extends TreeEntry>(
  tree: FileTree<Entry>,
  folder: string,
  [part = '', ...rest]: readonly string[],
  found: Map<string, Entry>,
): Promise<void> {
  if (part === '**') {
    await walk(tree, folder, rest.length === 0 ? ['*'] : rest, found)
    for (const entry of await tree.entries(folder))
      if (entry.kind === 'folder') await walk(tree, within(folder, entry.name), [part, ...rest], found)
    return
  }
  if (isPlain(part) && rest.length > 0) return walk(tree, within(folder, part), rest, found)
  for (const { path, entry } of await matching(tree, folder, part))
    if (rest.length === 0 && entry.kind === 'file') found.set(path, entry)
    else if (rest.length > 0 && entry.kind === 'folder') await walk(tree, path, rest, found)
}

async function matching<Entry extends TreeEntry>(tree: FileTree<Entry>, folder: string, part: string) {
  const matches: { readonly path: string; readonly entry: Entry }[] = []
  const add = (path: string, entry: Entry | undefined) => entry && matches.push({ path, entry })
  if (isPlain(part)) add(within(folder, part), await tree.stat(within(folder, part)))
  else {
    const expression = globExpression(part)
    for (const entry of await tree.entries(folder)) {
      if (!expression.test(entry.name)) continue
      const path = within(folder, entry.name)
      add(path, entry.kind === 'link' ? await tree.stat(path) : entry)
    }
  }
  return matches
}

const isPlain = (part: string) => !/[*?]/.test(part)

/** Whether a path of a stream may stand for many files. In an address of HTTP these signs mean something else. */
export const isPattern = (path: string): boolean => !isHttp(path) && !isPlain(path)

/** What the paths of files are like that match a pattern. */
export function globExpression(pattern: string): RegExp {
  const parts = pattern.split('/')
  const source = parts.map((part, i) => {
    const isLast = i === parts.length - 1
    if (part === '**') return isLast ? '(?:[^/]+/)*[^/]+' : '(?:[^/]+/)*'
    const name = part
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '[^/]*')
      .replaceAll('?', '[^/]')
    return isLast ? name : `${name}/`
  })
  return new RegExp(`^${source.join('')}$`, 's')
}

/** What all matches of a pattern begin with, and whether they lie right there and in no folder below. */
export function literalStart(pattern: string): { readonly prefix: string; readonly isShallow: boolean } {
  const prefix = /^[^*?]*/.exec(pattern)?.[0] ?? ''
  const rest = pattern.slice(prefix.length)
  return { prefix, isShallow: !rest.includes('/') && !rest.includes('**') }
}
