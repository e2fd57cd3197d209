import { createHash } from 'node:crypto'

/** A name that is longer no file system takes; what is not whole yet has some characters more. */
const mostBytes = 200

/** Has a meaning of its own to some file system, or is not to be seen: also a dot in front, which hides a file or leads elsewhere. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"*:<>?|\\%]|^\.|[. ]$/gu

/**
 * What a name that came from elsewhere is as the path of a file: relative, with `/`, and within the folder that it is put into, whatever the
 * name is. No two names are the same path, but for slashes that say nothing. Empty where the name says nothing.
 */
export function filePath(name: string): string {
  return name
    .toWellFormed()
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .map((part) => shortened(part.replace(unsafe, escaped)))
    .join('/')
}

/** The same of a name that is one folder or file, whatever is in it: a slash is written as `%2F`. */
export const folderName = (name: string): string =>
  shortened(name.toWellFormed().replace(unsafe, escaped).replaceAll('/', '%2F'))

/** Whether `filePath` makes such paths: whoever writes files makes sure once more. */
export const isFilePath = (path: string): boolean =>
  path !== '' && path.split('/').every((part) => part !== '' && !part.startsWith('.') && !/[\p{Cc}\\]/u.test(part))

const escaped = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

/** A long name keeps its beginning and its ending, with what tells it from others between them. */
function shortened(part: string): string {
  if (Buffer.byteLength(part) <= mostBytes) return part
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(part)?.[0] ?? ''
  const told = `~${createHash('sha256').update(part).digest('hex').slice(0, 12)}${ending}`
  let kept = part.slice(0, part.length - ending.length)
  while (Buffer.byteLength(kept) > mostBytes - told.length) kept = [...kept].slice(0, -1).join('')
  return kept + told
}
