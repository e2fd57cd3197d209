import { resolve, sep } from 'node:path'

/** Whether a path is a folder, or lies in it. Links are not followed. */
export function isWithin(folder: string, path: string): boolean {
  const top = resolve(folder)
  const place = resolve(path)
  return place === top || place.startsWith(top.endsWith(sep) ? top : top + sep)
}
