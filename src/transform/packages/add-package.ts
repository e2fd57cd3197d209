import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isSeq, parseDocument } from 'yaml'
import { readText } from '../../base/index.js'
import { transformErrors } from '../errors.js'
import type { EventLog } from '../log/event-log.js'
import { packagesFile } from '../project/declared-packages.js'

export interface AddedPackage {
  readonly name: string
  readonly version: string | undefined
  readonly source: string
}

/** `dbt_utils@1.3.0`, and where it comes from: hub, git or local. @throws TRANSFORM_USAGE */
export function parseAddedPackage(text: string, source = 'hub'): AddedPackage {
  // An address may hold an @ of its own: git@host:org/repo.git@1.0.
  const at = text.lastIndexOf('@')
  const isSplit = at > 0 && (source !== 'git' || /@[^/:]*$/.test(text))
  const name = isSplit ? text.slice(0, at) : text
  const version = isSplit ? text.slice(at + 1) : undefined
  if (!version && (source === 'hub' || source === 'git'))
    throw transformErrors.create('TRANSFORM_USAGE', {
      message: `Version is required in --add-package when a package when source is ${source}`,
      hint: `For example --add-package ${name}@${source === 'hub' ? '1.0.0' : 'main'}.`,
    })
  return { name, version, source }
}

/** Adds a package to packages.yml, in the place of one that is the same. Comments and everything else stay. */
export function addPackage(dir: string, added: AddedPackage, log: EventLog): void {
  const file = packagesFile(dir) ?? 'packages.yml'
  const path = join(dir, file)
  if (!existsSync(path)) {
    writeFileSync(path, 'packages: []\n')
    log.fire('Note', { msg: 'Created packages.yml' })
  }
  const document = parseDocument(readText(path), { version: '1.1' })
  if (!isMap(document.contents)) document.contents = document.createNode({}) as never
  if (!isSeq(document.get('packages'))) document.set('packages', document.createNode([]))
  const list = document.get('packages')
  if (!isSeq(list)) return
  list.flow = false
  list.items = list.items.filter((item) => {
    const entry = isMap(item) ? (item.toJSON() as Record<string, unknown>) : {}
    const identifier = ['package', 'git', 'local', 'tarball', 'private']
      .map((key) => entry[key])
      .find((one) => typeof one === 'string')
    if (identifier === undefined || !isSamePackage(identifier as string, added.name)) return true
    log.fire('DepsFoundDuplicatePackage', { removed_package: JSON.stringify(entry) })
    return false
  })
  list.add(document.createNode(entryOf(added)))
  writeFileSync(path, document.toString({ lineWidth: 0 }))
  log.fire('DepsAddPackage', {
    package_name: added.name,
    version: added.version ?? 'None',
    packages_filepath: path,
  })
}

function entryOf({ name, version, source }: AddedPackage): Record<string, unknown> {
  const key = source === 'hub' ? 'package' : source
  if (!version) return { [key]: name }
  return {
    [key]: name,
    [source === 'git' ? 'revision' : 'version']: version.includes(',') ? version.split(',') : version,
  }
}

/** `dbt-labs/dbt_utils` and `https://host/dbt-labs/dbt-utils.git` are the same, whatever stands between their words. */
function isSamePackage(identifier: string, name: string): boolean {
  const short = name.split('/').at(-1) as string
  const names = [name, short].flatMap((one) => [one, one.replaceAll('_', '-'), one.replaceAll('-', '_')])
  return names.some((one) => {
    const at = identifier.indexOf(one)
    const before = identifier[at - 1] ?? '/'
    const after = identifier[at + one.length] ?? '/'
    return at >= 0 && '/.'.includes(before) && '/.'.includes(after)
  })
}
