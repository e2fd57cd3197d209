import { transformErrors } from '../errors.js'
import type { DeclaredPackage } from '../project/declared-packages.js'
import type { PackageSource, Pinned } from './package-source.js'
import { keyOf, merged, type Wanted, wantedBy } from './wanted.js'

/**
 * Everything that a project needs, and what that needs in its turn: one version of each package, which all who need it
 * agree on.
 * @throws TRANSFORM_PACKAGES_MISSING when they do not, or when two packages are projects of one name
 */
export async function resolvePackages(
  declared: readonly DeclaredPackage[],
  root: string,
  source: PackageSource,
): Promise<Pinned[]> {
  const all = new Map<string, Wanted>()
  let pending = declared.map((spec) => wantedBy(spec, root))
  while (pending.length > 0) {
    const next: Wanted[] = []
    for (const wanted of pending) {
      const key = keyOf(wanted.spec)
      const known = all.get(key)
      const agreed = known ? merged(known, wanted) : wanted
      all.set(key, agreed)
      const { project, needs } = await source.pin(agreed)
      if (!known || agreed.versions.length !== known.versions.length)
        next.push(...needs.map((spec) => wantedBy(spec, project)))
    }
    pending = next
  }
  const pinned: Pinned[] = []
  for (const wanted of all.values()) pinned.push(await source.pin(wanted))
  checkNames(pinned, root)
  return pinned
}

/** What the lock file names is decided already: only where it is has to be found. */
export async function lockedPackages(locked: readonly DeclaredPackage[], source: PackageSource): Promise<Pinned[]> {
  const pinned: Pinned[] = []
  for (const spec of locked)
    pinned.push(await source.pin({ ...wantedBy(spec, 'package-lock.yml'), warnsUnpinned: false }))
  return pinned
}

function checkNames(pinned: readonly Pinned[], root: string): void {
  const seen = new Map<string, string>()
  for (const { name, project } of pinned) {
    const other = seen.get(project)
    if (project === root)
      throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
        message: `Found a dependency with the same name as the root project "${project}". Package names must be unique in a project. Please rename one of these packages.`,
        hint: `It is ${name}.`,
      })
    if (other !== undefined)
      throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
        message: `Found duplicate project "${project}". This occurs when a dependency has the same project name as some other dependency.`,
        hint: `Both ${other} and ${name} are called so. Take it from one place.`,
      })
    seen.set(project, name)
  }
}
