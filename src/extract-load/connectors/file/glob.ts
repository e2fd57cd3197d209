import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Files that match an absolute pattern of `*`, `?` and `**`. Only folders that the pattern can reach are looked into: what
 * else lies beside them (node_modules, a database that works) is nobody's business. Links to files count as files, links
 * to folders are followed where the pattern names a folder, but not by `**`, which could go round in circles. What goes
 * away while it is looked at is not there.
 * @throws the file system's error for a folder that may not be read
 */
export async function globFiles(pattern: string): Promise<string[]> {
  const [first = '', ...parts] = pattern.split(/[\\/]/)
  const found = new Set<string>()
  await walk(`${first}/`, parts, found)
  return [...found].sort()
}

async function walk(folder: string, [part = '', ...rest]: readonly string[], found: Set<string>): Promise<void> {
  if (part === '**') {
    await walk(folder, rest.length === 0 ? ['*'] : rest, found)
    for (const entry of await entriesOf(folder))
      if (entry.isDirectory()) await walk(join(folder, entry.name), [part, ...rest], found)
    return
  }
  const names = isPlain(part) ? [part] : (await entriesOf(folder)).map(({ name }) => name).filter(matcher(part))
  for (const name of names) {
    const path = join(folder, name)
    const info = await unlessGone(stat(path))
    if (rest.length === 0 && info?.isFile()) found.add(path)
    else if (rest.length > 0 && info?.isDirectory()) await walk(path, rest, found)
  }
}

const isPlain = (part: string) => !/[*?]/.test(part)

function matcher(part: string): (name: string) => boolean {
  const source = part
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
  const expression = new RegExp(`^${source}$`, 's')
  return (name) => expression.test(name)
}

const entriesOf = async (folder: string) => (await unlessGone(readdir(folder, { withFileTypes: true }))) ?? []

async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
