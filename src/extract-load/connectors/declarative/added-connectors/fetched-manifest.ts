import { basename } from 'node:path'
import type { ManifestFile } from './manifest-files.js'
import type { ManifestOrigin } from './origin.js'

/** A manifest with what lies beside it, as it came. */
export interface FetchedManifest {
  readonly text: string
  /** None of what was made here. */
  readonly origin: Omit<ManifestOrigin, 'sha256'> | undefined
  /** A name that it may go by, for people who give it none. */
  readonly name: string
  /** Where it lies, if that is on this machine and its author's own. */
  readonly folder?: string | undefined
  /** Schemas that it names as files, and what stands for its components of Python. */
  readonly files: readonly ManifestFile[]
}

/** `…/source-pokeapi/latest/manifest.yaml` → `pokeapi`; of a file that is called otherwise its own name. */
export function nameOfPath(path: string): string {
  const parts = path.split(/[\\/]/).filter(Boolean)
  const source = parts.findLast((part) => /^source[-_]/.test(part))
  const file = basename(parts.at(-1) ?? '', '.yaml').replace(/\.yml$/, '')
  return nameOf(source ?? (file === 'manifest' ? (parts.at(-2) ?? '') : file))
}

/** What may be the name of a connector, of a text that says which one it is. */
export const nameOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/\.ya?ml$/, '')
    .replace(/^source[-_]/, '')
    .replace(/[^a-z\d_-]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
