import type { Stats } from 'node:fs'

/** Says which text a file had when it was looked at: another one, or another file in its place, has another. */
export const fileStamp = ({ mtimeMs, size, ino }: Pick<Stats, 'mtimeMs' | 'size' | 'ino'>): string =>
  `${mtimeMs} ${size} ${ino}`
