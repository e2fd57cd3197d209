import { existsSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { sizeText } from '../text/size-text.js'
import { makeFolder } from './make-folder.js'
import { isWithin } from './paths.js'

const block = 512

/** Why an archive was not unpacked, as the end of a sentence. */
export class ArchiveError extends Error {}

interface Entry {
  readonly path: string
  readonly type: 'file' | 'folder' | 'link' | 'hardlink'
  readonly target: string
  readonly content: Buffer
}

/**
 * Unpacks a `.tar.gz` (or `.tar`) whose files lie in one folder, as archives of git hosts do; that folder's content
 * goes to `dir`. Nothing is written outside of it: paths and links that lead there are refused.
 * @param maxBytes unpacked: what is more is made to burst
 * @throws ArchiveError
 */
export async function unpackArchive(
  archive: Uint8Array,
  dir: string,
  { maxBytes }: { readonly maxBytes: number },
): Promise<void> {
  const entries = [...readEntries(await unzipped(archive, maxBytes))]
  const top = new Set(entries.map(({ path }) => path.split('/')[0]))
  if (top.size !== 1) throw new ArchiveError(`it holds ${top.size} folders at its top instead of one`)
  const links: { readonly path: string; readonly target: string }[] = []
  for (const entry of entries) {
    const path = inside(dir, entry.path.split('/').slice(1).join('/'))
    if (entry.type === 'folder') makeFolder(path)
    else if (entry.type === 'link') {
      if (isAbsolute(entry.target)) throw new ArchiveError(`${entry.path} is a link to ${entry.target}`)
      inside(dir, join(dirname(entry.path.split('/').slice(1).join('/')), entry.target))
      links.push({ path, target: entry.target })
    } else if (entry.type === 'hardlink') throw new ArchiveError(`${entry.path} is a hard link`)
    else {
      if (existsSync(path)) throw new ArchiveError(`${entry.path} is in it twice`)
      makeFolder(dirname(path))
      await writeFile(path, entry.content, { flag: 'wx' })
    }
  }
  // Links come last: no file can be written through one.
  makeLinks(links, dir)
}

/** A link may lead through others, whatever its text says: where it ends is looked at, and nothing is made behind one that leads out. */
function makeLinks(links: readonly { readonly path: string; readonly target: string }[], dir: string): void {
  const root = realpathSync(dir)
  const made: string[] = []
  const check = (path: string) => {
    if (!existsSync(path) || isWithin(root, realpathSync(path))) return
    for (const one of made) rmSync(one)
    throw new ArchiveError(`'${relative(dir, path)}' leads out of the package`)
  }
  for (const { path, target } of links) {
    let parent = dirname(path)
    while (!existsSync(parent)) parent = dirname(parent)
    check(parent)
    makeFolder(dirname(path))
    symlinkSync(target, path)
    made.push(path)
    check(path)
  }
  for (const path of made) check(path)
}

function inside(dir: string, path: string): string {
  const place = resolve(dir, path)
  if (isWithin(dir, place)) return place
  throw new ArchiveError(`'${path}' leads out of the package`)
}

async function unzipped(archive: Uint8Array, maxBytes: number): Promise<Buffer> {
  if (archive[0] !== 0x1f || archive[1] !== 0x8b) {
    if (archive.length > maxBytes) throw new ArchiveError(`it has more than ${sizeText(maxBytes)}`)
    return Buffer.from(archive.buffer, archive.byteOffset, archive.length)
  }
  try {
    return await promisify(gunzip)(archive, { maxOutputLength: maxBytes })
  } catch (error) {
    throw new ArchiveError(error instanceof Error ? error.message : String(error))
  }
}

/** ustar, with the long names of pax and GNU. */
function* readEntries(tar: Buffer): Generator<Entry> {
  let longName: string | undefined
  let longTarget: string | undefined
  for (let at = 0; at + block <= tar.length; ) {
    const header = tar.subarray(at, at + block)
    if (header.every((byte) => byte === 0)) return
    const size = octal(header, 124, 12)
    if (!hasGoodChecksum(header) || Number.isNaN(size) || at + block + size > tar.length)
      throw new ArchiveError('it is no tar archive, or it is cut off')
    const content = tar.subarray(at + block, at + block + size)
    at += block + Math.ceil(size / block) * block
    const type = String.fromCharCode(header[156] ?? 0)
    if (type === 'L') longName = text(content)
    else if (type === 'K') longTarget = text(content)
    else if (type === 'x') {
      const fields = paxFields(content)
      longName = fields.get('path') ?? longName
      longTarget = fields.get('linkpath') ?? longTarget
    } else if (type !== 'g') {
      const prefix = text(header.subarray(345, 500))
      const name = longName ?? `${prefix === '' ? '' : `${prefix}/`}${text(header.subarray(0, 100))}`
      const kind = entryType(type)
      if (kind === undefined) throw new ArchiveError(`${name} is neither a file nor a folder`)
      const target = longTarget ?? text(header.subarray(157, 257))
      if (name.startsWith('/') || name.split('/').includes('..'))
        throw new ArchiveError(`'${name}' leads out of the package`)
      const path = name.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '')
      longName = undefined
      longTarget = undefined
      if (path !== '' && path !== '.') yield { path, type: kind, target, content }
    }
  }
}

function entryType(flag: string): Entry['type'] | undefined {
  if (flag === '0' || flag === '\0' || flag === '7') return 'file'
  return ({ '1': 'hardlink', '2': 'link', '5': 'folder' } as const)[flag]
}

const text = (bytes: Buffer) => {
  const end = bytes.indexOf(0)
  return bytes.subarray(0, end < 0 ? bytes.length : end).toString('utf8')
}
const octal = (header: Buffer, at: number, length: number) =>
  Number.parseInt(text(header.subarray(at, at + length)).trim() || '0', 8)

function hasGoodChecksum(header: Buffer): boolean {
  let sum = 0
  // The checksum's own place counts as blanks.
  for (const [i, byte] of header.entries()) sum += i >= 148 && i < 156 ? 32 : byte
  return sum === octal(header, 148, 8)
}

/** `<length> <key>=<value>\n`, again and again. */
function paxFields(content: Buffer): Map<string, string> {
  const fields = new Map<string, string>()
  for (let at = 0; at < content.length; ) {
    const length = Number.parseInt(content.subarray(at, at + 20).toString('latin1'), 10)
    if (!(length > 0)) break
    const [key = '', ...value] = content
      .subarray(at, at + length - 1)
      .toString('utf8')
      .replace(/^\d+ /, '')
      .split('=')
    fields.set(key, value.join('='))
    at += length
  }
  return fields
}
