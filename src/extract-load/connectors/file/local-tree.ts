import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { type FileTree, globTree, type TreeEntry } from './glob.js'

/** The files of this machine that match an absolute pattern. @throws the file system's error for a folder that may not be read */
export async function globFiles(pattern: string): Promise<string[]> {
  return [...(await globTree(localTree, pattern.replaceAll('\\', '/'))).keys()]
}

const localTree: FileTree<TreeEntry> = {
  async entries(folder) {
    const found = (await unlessGone(readdir(folder, { withFileTypes: true }))) ?? []
    return found.map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
  },
  async stat(path) {
    const info = await unlessGone(stat(path))
    return info && { name: basename(path), kind: kindOf(info) }
  },
}

const kindOf = (info: Pick<Dirent, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): TreeEntry['kind'] =>
  info.isFile() ? 'file' : info.isDirectory() ? 'folder' : info.isSymbolicLink() ? 'link' : 'other'

async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
