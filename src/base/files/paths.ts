import { relative, resolve, sep } from 'node:path'

/** Whether a path is a folder, or lies in it. Links are not followed. */
export function isWithin(folder: string, path: string): boolean {
  const top = resolve(folder)
  const place = resolve(path)
  return place === top || place.startsWith(top.endsWith(sep) ? top : top + sep)
}

/** A file as people of a project call it: relative to its folder, unless it lies outside. */
export const shownPath = (folder: string, path: string): string =>
  isWithin(folder, path) ? relative(folder, path).split(sep).join('/') : path
