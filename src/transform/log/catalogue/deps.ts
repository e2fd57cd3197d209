import { defineEvent } from '../event.js'
import { warningTag } from '../paint.js'

/** What `dbt deps` says. */
export const depsEvents = {
  DepsNoPackagesFound: defineEvent('M013', 'info', () => 'Warning: No packages were found in packages.yml'),
  DepsStartPackageInstall: defineEvent<{ package_name: string }>(
    'M014',
    'info',
    ({ package_name }) => `Installing ${package_name}`,
  ),
  DepsInstallInfo: defineEvent<{ version_name: string }>(
    'M015',
    'info',
    ({ version_name }) => `Installed from ${version_name}`,
  ),
  DepsUpdateAvailable: defineEvent<{ version_latest: string }>(
    'M016',
    'info',
    ({ version_latest }) => `Updated version available: ${version_latest}`,
  ),
  DepsUpToDate: defineEvent('M017', 'info', () => 'Up to date!'),
  DepsListSubdirectory: defineEvent<{ subdirectory: string }>(
    'M018',
    'info',
    ({ subdirectory }) => `and subdirectory ${subdirectory}`,
  ),
  DepsNotifyUpdatesAvailable: defineEvent<{ packages: string[] }>(
    'M019',
    'info',
    ({ packages }) =>
      `Updates available for packages: ${JSON.stringify(packages)}\nUpdate your versions in packages.yml, then run dbt deps`,
  ),
  DepsUnpinned: defineEvent<{ revision: string; git: string }>('M029', 'warn', ({ revision, git }) =>
    warningTag(
      `The git package "${git}" is ${revision === 'HEAD' ? 'not pinned, using HEAD (default branch)' : `pinned to the "${revision}" branch`}. What it holds can change without warning; name a tag or a commit.`,
    ),
  ),
  DepsLockUpdating: defineEvent<{ lock_filepath: string }>(
    'M031',
    'info',
    ({ lock_filepath }) => `Updating lock file in file path: ${lock_filepath}`,
  ),
  DepsAddPackage: defineEvent<{ package_name: string; version: string; packages_filepath: string }>(
    'M032',
    'info',
    ({ package_name, version, packages_filepath }) =>
      `Added new package ${package_name}@${version} to ${packages_filepath}`,
  ),
  DepsFoundDuplicatePackage: defineEvent<{ removed_package: string }>(
    'M033',
    'info',
    ({ removed_package }) => `Found duplicate package in packages.yml, removing: ${removed_package}`,
  ),
  DepsScrubbedPackageName: defineEvent<{ package_name: string }>('M035', 'warn', ({ package_name }) =>
    warningTag(`${package_name} holds a secret. It is masked in the lock file, so the lock file cannot install it.`),
  ),
}
