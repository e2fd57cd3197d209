import { redact } from '../../base/index.js'
import { transformErrors } from '../errors.js'
import type { DeclaredPackage } from '../project/declared-packages.js'

/** One package as everybody wants it who needs it. */
export interface Wanted {
  /** As the first one said it. */
  readonly spec: DeclaredPackage
  /** Of the hub: all versions that were asked for. */
  readonly versions: readonly string[]
  /** Of git: all revisions. */
  readonly revisions: readonly string[]
  readonly warnsUnpinned: boolean
  /** `my_project wants >=1.0.0, <2.0.0` */
  readonly askedBy: readonly string[]
}

/** Two ways of writing one repository are one package. */
export function keyOf(spec: DeclaredPackage): string {
  if (spec.kind === 'local') return spec.dir
  if (spec.kind !== 'git') return spec.name
  return `${spec.name.replace(/\.git$/, '')}/${spec.subdirectory ?? ''}`
}

/** @param by the project that asks */
export function wantedBy(spec: DeclaredPackage, by: string): Wanted {
  const versions = spec.kind === 'hub' ? spec.versions : []
  const revisions = spec.kind === 'git' && spec.revision !== undefined ? [spec.revision] : []
  const what = [...versions, ...revisions].join(', ')
  return {
    spec,
    versions,
    revisions,
    warnsUnpinned: spec.kind === 'git' && spec.warnsUnpinned,
    askedBy: [`${by} wants ${what === '' ? 'any version' : what}`],
  }
}

/** @throws TRANSFORM_PACKAGES_MISSING when one package is wanted from two kinds of places */
export function merged(first: Wanted, other: Wanted): Wanted {
  if (first.spec.kind !== other.spec.kind)
    throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
      message: `Cannot incorporate ${redact(other.spec.name)} (${other.spec.kind}) in ${redact(first.spec.name)} (${first.spec.kind}): mismatched types`,
      at: { file: first.spec.file },
      hint: `${[...first.askedBy, ...other.askedBy].join('; ')}. Let both take it from the same kind of place.`,
    })
  return {
    spec: first.spec,
    versions: [...new Set([...first.versions, ...other.versions])],
    revisions: [...new Set([...first.revisions, ...other.revisions])],
    warnsUnpinned: first.warnsUnpinned && other.warnsUnpinned,
    askedBy: [...new Set([...first.askedBy, ...other.askedBy])],
  }
}
