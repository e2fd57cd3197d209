import { realpathSync } from 'node:fs'
import { dirname, relative, sep } from 'node:path'

/** Where the user's code is. */
export interface Place {
  readonly file: string
  readonly projectDir: string
}

/**
 * The folders that the user's code lies in. Node names a module by what it is once all links are followed: of a project that is
 * reached by one (`/srv/current`), or that has a folder elsewhere, it names no file as we do.
 */
export function ownFolders({ file, projectDir }: Place): readonly string[] {
  return [...new Set([projectDir, followed(projectDir), dirname(followed(file))])]
}

/** A file of the user, as people know it: relative to the project, or to the folder that is linked there. */
export function ownName(path: string, place: Place): string {
  if (path === followed(place.file)) return relative(place.projectDir, place.file)
  const folder = ownFolders(place).find((one) => path.startsWith(one + sep))
  return relative(folder ?? place.projectDir, path)
}

function followed(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // It was removed meanwhile: whoever reads it says so.
    return path
  }
}
