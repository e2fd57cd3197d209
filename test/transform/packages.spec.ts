import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startHub } from './support/package-hub.js'
import { packageArchive, type TarEntry, tarball } from './support/tar.js'
import { TempProject } from './support/temp-project.js'

const one = (value: number) => ({ 'macros/one.sql': `{% macro one() %}${value}{% endmacro %}` })
const packagesYml = (lines: string) => ({ 'packages.yml': `packages:\n${lines}` })

/** Two packages: `acme/things` in several versions, and `acme/more`, which needs it. */
const shelf = {
  'acme/things': {
    name: 'things',
    versions: {
      '1.0.0': { files: one(100) },
      '1.1.0': { files: one(110) },
      '1.2.0-rc.1': { files: one(119) },
      '2.0.0-b1': { files: one(199) },
      '2.0.0': { files: one(200) },
      '3.0.0': { requires: ['>=99.0.0'], files: one(300) },
    },
  },
  'acme/more': {
    name: 'more',
    versions: { '0.1.0': { packages: [{ package: 'acme/things', version: ['>=1.0.0', '<2.0.0'] }] } },
  },
}

describe('packages of the hub', () => {
  test.each([
    ['exactly this one', '"1.0.0"', '1.0.0'],
    ['the highest of a range, without prereleases', '[">=1.0.0", "<2.0.0"]', '1.1.0'],
    ['prereleases where one is asked for', '[">=1.2.0-rc.1", "<2.0.0"]', '1.2.0-rc.1'],
    ['prereleases with install_prerelease', '[">=1.0.0", "<2.0.0"]\n    install_prerelease: true', '1.2.0-rc.1'],
    ['none that needs another dbt', '">=1.0.0"', '2.0.0'],
  ])('installs %s', async (_, version, expected) => {
    const hub = await startHub(shelf)
    const project = new TempProject({
      ...packagesYml(`  - package: acme/things\n    version: ${version}\n`),
      'models/a.sql': 'select {{ things.one() }} as id',
    })
    const { code, output } = await project.dbt('deps', { env: hub.env })
    expect(code, output).toBe(0)
    expect(project.read('package-lock.yml')).toContain(
      `  - name: things\n    package: acme/things\n    version: ${expected}\n`,
    )
    expect(project.read('dbt_packages/things/dbt_project.yml')).toContain(expected)
    expect(output).toMatch(new RegExp(`Installing acme/things\\n.*Installed from version ${expected}`))
    expect((await project.dbt('build')).code).toBe(0)
  })

  test('brings what packages need, in a version that all agree on', async () => {
    const hub = await startHub(shelf)
    const project = new TempProject(
      packagesYml('  - package: acme/more\n    version: 0.1.0\n  - package: acme/things\n    version: ">=1.0.0"\n'),
    )
    const { code, output } = await project.dbt('deps', { env: hub.env })
    expect(code, output).toBe(0)
    expect(readdirSync(join(project.dir, 'dbt_packages')).sort()).toEqual(['more', 'things'])
    expect(project.read('package-lock.yml')).toContain('package: acme/things\n    version: 1.1.0')
  })

  test('says who wants what when they do not agree, and leaves what is installed', async () => {
    const hub = await startHub(shelf)
    const project = new TempProject({
      ...packagesYml('  - package: acme/more\n    version: 0.1.0\n  - package: acme/things\n    version: ">=2.0.0"\n'),
      'dbt_packages/old/dbt_project.yml': 'name: old\n',
    })
    const { code, output } = await project.dbt('deps', { env: hub.env })
    expect(code).toBe(2)
    expect(output).toContain('Version error for package acme/things: Could not find a satisfactory version')
    expect(output).toContain('shop wants >=2.0.0; more wants >=1.0.0, <2.0.0')
    expect(existsSync(join(project.dir, 'dbt_packages/old/dbt_project.yml'))).toBe(true)
    expect(readdirSync(project.dir).filter((name) => name.startsWith('.dbt-deps'))).toEqual([])
  })

  test.each([
    ['a package that is not there', 'acme/nothing', '1.0.0', 'Package acme/nothing was not found in the package index'],
    ['a version that is not there', 'acme/things', '">=7.0.0"', 'Compatible versions: 1.0.0, 1.1.0, 2.0.0'],
    ['a version that is none', 'acme/things', 'new', '"new" is not a valid semantic version'],
    ['a name without an owner', 'things', '1.0.0', 'Packages on the index require a namespace'],
  ])('refuses %s', async (_, name, version, message) => {
    const hub = await startHub(shelf)
    const project = new TempProject(packagesYml(`  - package: ${name}\n    version: ${version}\n`))
    const { code, output } = await project.dbt('deps', { env: hub.env })
    expect(code).toBe(2)
    expect(output).toContain(message)
  })

  test('--no-version-check takes what asks for another dbt', async () => {
    const hub = await startHub(shelf)
    const project = new TempProject(packagesYml('  - package: acme/things\n    version: ">=1.0.0"\n'))
    await project.dbt('deps --no-version-check --lock', { env: hub.env })
    expect(project.read('package-lock.yml')).toContain('version: 3.0.0')
  })

  test('tries again when the hub stumbles', async () => {
    const hub = await startHub(shelf)
    hub.stumbles.set('/api/v1/acme/things.json', 1)
    hub.stumbles.set('/archives/acme/things/1.0.0.tar.gz', 2)
    const project = new TempProject(packagesYml('  - package: acme/things\n    version: 1.0.0\n'))
    expect((await project.dbt('deps', { env: hub.env })).code).toBe(0)
  })

  test('says what cannot be reached when nothing answers', async () => {
    const project = new TempProject(packagesYml('  - package: acme/things\n    version: 1.0.0\n'))
    const { code, output } = await project.dbt('deps', { env: { DBT_PACKAGE_HUB_URL: 'http://127.0.0.1:9/hub' } })
    expect(code).toBe(2)
    expect(output).toContain('acme/things could not be fetched from http://127.0.0.1:9/hub/api/v1/acme/things.json')
  })
})

describe('the lock file', () => {
  // The hash that dbt 1.12.6 gives these packages.
  const declared = `  - package: acme/things
    version: [">=1.0.0", "<2.0.0"]
    install_prerelease: true
  - package: acme/more
    version: 0.1
  - local: ../x
  - tarball: https://x/y.tar.gz
    name: y
`
  test('has the hash that dbt gives it', async () => {
    const { hashOf } = await import('../../src/transform/packages/lock-file.js')
    const { declaredPackages } = await import('../../src/transform/project/declared-packages.js')
    const project = new TempProject(packagesYml(declared))
    expect(hashOf(declaredPackages(project.dir))).toBe('ca16ca0b4f8d52a95091b6f2ccaa92f4086789a7')
  })

  test('decides until packages.yml changes, or --upgrade asks anew', async () => {
    const versions: Record<string, object> = { '1.0.0': {} }
    const hub = await startHub({ 'acme/things': { name: 'things', versions } })
    const project = new TempProject(packagesYml('  - package: acme/things\n    version: ">=1.0.0"\n'))
    const deps = (flags = '') => project.dbt(`deps${flags}`, { env: hub.env })
    expect((await deps(' --lock')).code).toBe(0)
    expect(existsSync(join(project.dir, 'dbt_packages'))).toBe(false)
    versions['1.5.0'] = {}
    expect((await deps()).output).toContain('Updated version available: 1.5.0')
    expect(project.read('package-lock.yml')).toContain('version: 1.0.0')
    expect((await deps(' --upgrade')).output).toContain('Up to date!')
    expect(project.read('package-lock.yml')).toContain('version: 1.5.0')
    project.write(packagesYml('  - package: acme/things\n    version: 1.0.0\n'))
    expect((await deps()).output).toContain('Updating lock file')
    expect(project.read('dbt_packages/things/dbt_project.yml')).toContain('1.0.0')
  })

  test('is not written when nothing is declared', async () => {
    const project = new TempProject({})
    const { code, output } = await project.dbt('deps')
    expect(code).toBe(0)
    expect(output).toContain('Warning: No packages were found in packages.yml')
    expect(existsSync(join(project.dir, 'package-lock.yml'))).toBe(false)
  })
})

describe('--add-package', () => {
  test('adds one, in the place of the same one, and leaves comments where they are', async () => {
    const hub = await startHub(shelf)
    const project = new TempProject(
      packagesYml('  # ours\n  - local: lib # a note\n  - git: https://host/acme/more.git\n    revision: main\n'),
    )
    project.write({ 'lib/dbt_project.yml': 'name: lib\n' })
    const add = await project.dbt(['deps', '--add-package', 'acme/more@0.1.0'], { env: hub.env })
    expect(add.code, add.output).toBe(0)
    expect(project.read('packages.yml')).toBe(
      'packages:\n  # ours\n  - local: lib # a note\n  - package: acme/more\n    version: 0.1.0\n',
    )
    await project.dbt(['deps', '--lock', '--add-package', 'acme/things@>=1.0.0,<2.0.0'], { env: hub.env })
    expect(project.read('packages.yml')).toContain('version:\n      - ">=1.0.0"\n      - <2.0.0\n')
  })
  test('needs a version of the hub', async () => {
    const project = new TempProject({})
    const { code, output } = await project.dbt('deps --add-package acme/things')
    expect(code).toBe(2)
    expect(output).toContain('Version is required in --add-package')
  })
  test('makes packages.yml', async () => {
    const project = new TempProject({ 'lib/dbt_project.yml': 'name: lib\n' })
    const { code, output } = await project.dbt('deps --add-package lib --source local')
    expect(code, output).toBe(0)
    expect(project.read('packages.yml')).toBe('packages:\n  - local: lib\n')
    expect(lstatSync(join(project.dir, 'dbt_packages/lib')).isSymbolicLink()).toBe(true)
  })
})

describe('the folder that is replaced', () => {
  test.each(['.', 'models', 'models/staging', 'outside'])("is not one of the user's: %s", async (path) => {
    const other = new TempProject({ 'notes.txt': 'mine' })
    const project = new TempProject({
      'dbt_project.yml': `name: shop\nprofile: shop\npackages-install-path: '${path === 'outside' ? other.dir : path}'\n`,
      'models/staging/a.sql': 'select 1 as id',
      'lib/dbt_project.yml': 'name: lib\n',
      ...packagesYml('  - local: lib\n'),
    })
    const { code, output } = await project.dbt('deps')
    expect(code).toBe(2)
    expect(output).toContain('Nothing was removed')
    expect(project.read('models/staging/a.sql')).toBe('select 1 as id')
    expect(other.read('notes.txt')).toBe('mine')
  })
  test('may lie outside the project', async () => {
    const other = new TempProject({})
    const project = new TempProject({
      'dbt_project.yml': `name: shop\nprofile: shop\npackages-install-path: ${join(other.dir, 'shelf')}\n`,
      'lib/dbt_project.yml': 'name: lib\n',
      ...packagesYml('  - local: lib\n'),
    })
    expect((await project.dbt('deps')).code).toBe(0)
    expect((await project.dbt('deps')).code).toBe(0)
    expect(readdirSync(join(other.dir, 'shelf'))).toEqual(['lib'])
    expect((await project.dbt('parse')).code).toBe(0)
  })
})

describe('tarballs', () => {
  const serve = async (archive: Buffer) => {
    const hub = await startHub({ 'acme/y': { name: 'y', versions: { '1.0.0': { archive } } } })
    return `${hub.url}/archives/acme/y/1.0.0.tar.gz`
  }
  test('are packages too', async () => {
    const url = await serve(packageArchive('y-main', { 'dbt_project.yml': 'name: y\n', ...one(7) }))
    const project = new TempProject({
      ...packagesYml(`  - tarball: ${url}\n    name: y\n`),
      'models/a.sql': 'select {{ y.one() }} as id',
    })
    const { code, output } = await project.dbt('deps')
    expect(code, output).toBe(0)
    expect(project.read('package-lock.yml')).toContain(`  - name: y\n    tarball: ${url}\n`)
    expect((await project.dbt('build')).code).toBe(0)
  })

  test('with a name that leads elsewhere are refused', async () => {
    const url = await serve(packageArchive('y-main', { 'dbt_project.yml': 'name: y\n' }))
    const project = new TempProject(packagesYml(`  - tarball: ${url}\n    name: ../y\n`))
    const { code, output } = await project.dbt('deps')
    expect(code).toBe(2)
    expect(output).toContain("is named '../y'")
    expect(existsSync(join(project.dir, 'y'))).toBe(false)
  })

  const inPackage = { path: 'y/dbt_project.yml', text: 'name: y\n' }
  test.each<[string, readonly TarEntry[]]>([
    ['a path that leads out', [inPackage, { path: 'y/../../evil.sql', text: 'x' }]],
    ['an absolute path', [inPackage, { path: '/tmp/millrace-evil.sql', text: 'x' }]],
    ['a link that leads out', [inPackage, { path: 'y/models', type: '2', target: '../../../etc' }]],
    ['a link to an absolute path', [inPackage, { path: 'y/models', type: '2', target: '/etc' }]],
    [
      'a link that leads out through another',
      [inPackage, { path: 'y/p/q/a', type: '2', target: '../..' }, { path: 'y/p/q/a/x', type: '2', target: '../..' }],
    ],
    ['a hard link', [inPackage, { path: 'y/passwd', type: '1', target: '/etc/passwd' }]],
    [
      'a file behind a link',
      [
        inPackage,
        { path: 'y/m', type: '2', target: 'macros' },
        { path: 'y/m', text: 'x' },
        { path: 'y/m/a.sql', text: 'x' },
      ],
    ],
    ['a device', [inPackage, { path: 'y/dev', type: '3' }]],
    ['two folders', [inPackage, { path: 'z/dbt_project.yml', text: 'name: z\n' }]],
    ['nothing', []],
  ])('with %s are refused', async (_, entries) => {
    const project = new TempProject(packagesYml(`  - tarball: ${await serve(tarball(entries))}\n    name: y\n`))
    const { code, output } = await project.dbt('deps')
    expect(code, output).not.toBe(0)
    expect(existsSync(join(project.dir, 'dbt_packages'))).toBe(false)
    expect(existsSync(join(project.dir, '..', 'evil.sql'))).toBe(false)
    expect(existsSync('/tmp/millrace-evil.sql')).toBe(false)
  })
  test('that are none are refused', async () => {
    const project = new TempProject(
      packagesYml(`  - tarball: ${await serve(Buffer.from('<html>'.repeat(500)))}\n    name: y\n`),
    )
    const { code, output } = await project.dbt('deps')
    expect(code).toBe(2)
    expect(output).toContain('it is no tar archive, or it is cut off')
  })
})

describe('git', () => {
  const repository = () => {
    const project = new TempProject({ 'repo/a/dbt_project.yml': 'name: a\n', 'repo/b/dbt_project.yml': 'name: b\n' })
    const dir = join(project.dir, 'repo')
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', dir, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args])
        .toString()
        .trim()
    git('init', '--quiet', '--initial-branch', 'main')
    git('add', '.')
    git('commit', '--quiet', '-m', 'first')
    git('tag', 'v1')
    const commit = git('rev-parse', 'HEAD')
    git('commit', '--quiet', '--allow-empty', '-m', 'second')
    return { project, url: `file://${dir}`, commit }
  }
  test('packages are folders of a repository; the lock file holds the commit, which is installed later', async () => {
    const { project, url, commit } = repository()
    project.write(
      packagesYml(
        `  - git: ${url}\n    revision: v1\n    subdirectory: a\n  - git: ${url}\n    revision: ${commit}\n    subdirectory: b\n`,
      ),
    )
    const { code, output } = await project.dbt('deps')
    expect(code, output).toBe(0)
    expect(output).toMatch(new RegExp(`Installed from revision ${commit}\\n.*and subdirectory a`))
    expect(project.read('package-lock.yml')).toContain(
      `  - git: ${url}\n    name: a\n    revision: ${commit}\n    subdirectory: a\n`,
    )
    expect(readdirSync(join(project.dir, 'dbt_packages')).sort()).toEqual(['a', 'b'])
    expect((await project.dbt('deps')).code).toBe(0)
  })
  test('what lies outside the repository is no package, and stays', async () => {
    const { project, url } = repository()
    project.write({
      'victim/dbt_project.yml': 'name: victim\n',
      ...packagesYml(`  - git: ${url}\n    revision: v1\n    subdirectory: ../../../victim\n`),
    })
    const { code, output } = await project.dbt('deps')
    expect(code).toBe(2)
    expect(output).toContain('The subdirectory ../../../victim leads out of')
    expect(project.read('victim/dbt_project.yml')).toBe('name: victim\n')
  })
  test('warns of a branch, and refuses two revisions of one package', async () => {
    const { project, url } = repository()
    project.write(packagesYml(`  - git: ${url}\n    revision: main\n    subdirectory: a\n`))
    expect((await project.dbt('deps')).output).toContain('is pinned to the "main" branch')
    project.write({
      ...packagesYml(`  - git: ${url}\n    revision: v1\n    subdirectory: a\n  - local: needs\n`),
      'needs/dbt_project.yml': 'name: needs\n',
      'needs/packages.yml': `packages:\n  - git: ${url}.git\n    revision: main\n    subdirectory: a\n`,
    })
    const { code, output } = await project.dbt('deps')
    expect(code).toBe(2)
    expect(output).toContain('contains: v1, main')
    expect(output).toContain('shop wants v1; needs wants main')
  })
  test('secrets of addresses are neither printed nor locked', async () => {
    const { project } = repository()
    project.write(packagesYml(`  - git: "file:///{{ env_var('DBT_ENV_SECRET_TOKEN') }}/repo"\n    revision: v1\n`))
    const { code, output } = await project.dbt('deps', { env: { DBT_ENV_SECRET_TOKEN: 'hush-hush' } })
    expect(code).toBe(2)
    expect(output).toContain("Error checking out spec='v1' for repo file:///**********/repo")
    expect(output).not.toContain('hush-hush')
  })
  test('a template makes nothing of a secret: it has the name in its place', async () => {
    const { project } = repository()
    project.write(
      packagesYml(`  - git: "file:///{{ env_var('DBT_ENV_SECRET_TOKEN') | join(' ') }}/repo"\n    revision: v1\n`),
    )
    const { output } = await project.dbt('deps', { env: { DBT_ENV_SECRET_TOKEN: 'hush-hush' } })
    expect(output).toContain("Error checking out spec='v1'")
    expect(output).toContain('D B T _ E N V _ S E C R E T _ T O K E N')
    expect(output).not.toContain('h u s h')
  })
  test('what is no package of its own is named', async () => {
    const { project, url } = repository()
    project.write(packagesYml(`  - git: ${url}\n    revision: v1\n`))
    expect((await project.dbt('deps')).output).toContain('has no dbt_project.yml at v1')
  })
})

describe('what is declared', () => {
  test.each([
    ['a private package', '  - private: acme/secret\n', 'acme/secret is a private package'],
    ['a package without a name', '  - package: ""\n    version: 1.0.0\n', 'A hub package is missing the value'],
    ['a package of no kind', '  - pakage: acme/things\n', 'A package is none of'],
    ['a text', '  - acme/things\n', 'Entry 1 is no mapping'],
    ['a package without a version', '  - package: acme/things\n', 'acme/things is missing the version'],
    ['a tarball without a name', '  - tarball: https://x/y.tar.gz\n', 'has no `name`'],
    ['a local package that is not there', '  - local: nowhere\n', 'The local package nowhere has no dbt_project.yml'],
  ])('%s is refused', async (_, lines, message) => {
    const project = new TempProject(packagesYml(lines))
    const { code, output } = await project.dbt('deps')
    expect(code).not.toBe(0)
    expect(output).toContain(message)
  })
  test('dependencies.yml may hold the packages, but not both files', async () => {
    const project = new TempProject({
      'dependencies.yml': 'packages:\n  - local: lib\n',
      'lib/dbt_project.yml': 'name: lib\n',
    })
    expect((await project.dbt('deps')).code).toBe(0)
    project.write(packagesYml('  - local: lib\n'))
    const { code, output } = await project.dbt('deps')
    expect(code).not.toBe(0)
    expect(output).toContain('stands in both packages.yml and dependencies.yml')
  })
  test('a folder has to be installed like any other package, and nothing else may be there', async () => {
    const project = new TempProject({ ...packagesYml('  - local: lib\n'), 'lib/dbt_project.yml': 'name: lib\n' })
    await project.dbt('deps --lock')
    const { code, output } = await project.dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain(
      'Compilation Error\n  dbt expects 1 package(s) based on packages specified in packages.yml, but found only 0 package(s) installed in dbt_packages. Following packages were not found: lib. Run "dbt deps"',
    )
    await project.dbt('deps')
    expect((await project.dbt('parse')).code).toBe(0)
    project.write({ 'dbt_packages/stray/dbt_project.yml': 'name: stray\n' })
    expect((await project.dbt('parse')).output).toContain('found only 2 package(s)')
  })
  test('two packages of one name, and one of the root’s, are refused', async () => {
    const project = new TempProject({
      ...packagesYml('  - local: x\n  - local: y\n'),
      'x/dbt_project.yml': 'name: lib\n',
      'y/dbt_project.yml': 'name: lib\n',
    })
    expect((await project.dbt('deps')).output).toContain('Found duplicate project "lib"')
    project.write({ ...packagesYml('  - local: x\n'), 'x/dbt_project.yml': 'name: shop\n' })
    expect((await project.dbt('deps')).output).toContain('the same name as the root project "shop"')
  })
})
