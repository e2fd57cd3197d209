import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { execute, type Outcome, root, temporaryFolder } from './support.js'

/** What a user has: the packed program in node_modules of a folder that is not this repository. */
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let packed: string[]
let millrace: (cwd: string, ...args: string[]) => Promise<Outcome>
const npm = (...args: string[]) => execute('npm', [...args, '--ignore-scripts'], { cwd: root })

beforeAll(async () => {
  folder = await temporaryFolder()
  const { stdout } = await npm('pack', '--json', '--pack-destination', folder.dir)
  const [pack] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  packed = pack.files.map((file) => file.path)
  const modules = join(folder.dir, 'node_modules')
  await mkdir(modules)
  // Instead of asking a registry: what the repository has installed.
  for (const name of await readdir(join(root, 'node_modules')))
    if (!name.startsWith('.')) await symlink(join(root, 'node_modules', name), join(modules, name))
  await execute('tar', ['-xzf', join(folder.dir, pack.filename), '-C', folder.dir])
  await rename(join(folder.dir, 'package'), join(modules, 'millrace'))
  const program = join(modules, 'millrace/dist/cli/main.js')
  millrace = (cwd, ...args) => execute(process.execPath, [program, ...args], { cwd: join(folder.dir, cwd) })
})
afterAll(() => folder.remove())

const typeCheck = (project: string) =>
  execute(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit'], {
    cwd: join(folder.dir, project),
  })
const text = (path: string) => readFile(join(folder.dir, path), 'utf8')

describe('the packed program', () => {
  it('holds the program, its web UI, its macros, the example and the pages that errors name', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'package.json',
        'docs/connections.md',
        'dist/cli/main.js',
        'dist/index.d.ts',
        'dist/ui/index.html',
        'dist/transform/macros/dbt/etc/statement.sql',
        'examples/flights/millrace.yaml',
        'examples/flights/orchestration/definitions.ts',
      ]),
    )
  })
  it('holds no tests and nothing that a run left behind', () => {
    const allowed = /^(dist|docs|examples\/flights)\/|^(LICENSE|[A-Z]+\.md|package\.json)$/
    const junk = /\.(spec|suite)\.|\.millrace|\.stamps|\/target\/|\/logs\/|\/reports\/|node_modules|\.duckdb/
    expect(packed.filter((path) => !allowed.test(path) || junk.test(path))).toEqual([])
  })
})

describe('millrace init', () => {
  it('makes the example a project that type-checks, depends on millrace and finds its data', async () => {
    const { code, stdout } = await millrace('.', 'init', 'My Stack')
    expect(code).toBe(0)
    expect(stdout).toContain('npx millrace up')
    expect(await text('My Stack/millrace.yaml')).toContain("name: 'My-Stack'")
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
    expect(JSON.parse(await text('My Stack/package.json'))).toMatchObject({
      type: 'module',
      dependencies: { millrace: `^${version}`, 'vega-datasets': expect.any(String) },
    })
    expect(await text('My Stack/.gitignore')).toContain('.millrace/')
    const named = [...(await text('My Stack/README.md')).matchAll(/`(\w+\.md)`/g)].map(([, page]) => `docs/${page}`)
    expect(named.length).toBeGreaterThan(3)
    expect(packed).toEqual(expect.arrayContaining(named))
    expect(await typeCheck('My Stack')).toMatchObject({ code: 0, stdout: '' })
    expect((await millrace('My Stack', 'check', 'reference')).stdout).toBe('ok     reference: 3 streams, 3 files\n')
  })

  it('types hold: a mistake in definitions.ts is an error of the compiler', async () => {
    await millrace('.', 'init', 'typed')
    const file = 'typed/orchestration/definitions.ts'
    await writeFile(join(folder.dir, file), (await text(file)).replace("catchUp: 'none'", "catchUp: 'never'"))
    expect((await typeCheck('typed')).stdout).toContain('Type \'"never"\' is not assignable')
  })

  it('with --empty makes the same layout with nothing in it', async () => {
    expect((await millrace('.', 'init', 'bare', '--empty')).code).toBe(0)
    expect((await typeCheck('bare')).code).toBe(0)
    expect((await millrace('bare', 'dbt', 'parse')).code).toBe(0)
    expect((await millrace('bare', 'query', 'select 42 as answer')).stdout).toBe('answer\n42\n')
    expect(await readdir(join(folder.dir, 'bare'))).not.toContain('data')
  })

  it('refuses a folder that holds something, and writes nothing', async () => {
    await mkdir(join(folder.dir, 'used'))
    await writeFile(join(folder.dir, 'used/notes.txt'), 'mine')
    const { code, stderr } = await millrace('.', 'init', 'used')
    expect(code).toBe(2)
    expect(stderr).toContain('is not empty (notes.txt); nothing was written. (PROJECT_EXISTS)')
    expect(await readdir(join(folder.dir, 'used'))).toEqual(['notes.txt'])
    expect((await millrace('.', 'init', 'used', '--force')).code).toBe(0)
    expect(await text('used/notes.txt')).toBe('mine')
  })

  it.skipIf(process.getuid?.() === 0)('tells where it has no right to write', async () => {
    await mkdir(join(folder.dir, 'closed'), { mode: 0o555 })
    const { code, stderr } = await millrace('.', 'init', 'closed/inner')
    expect(code).toBe(2)
    expect(stderr).toContain('EACCES')
    expect(stderr).toContain('(PROJECT_NOT_WRITABLE)')
  })

  it('completes the package.json of a folder in which millrace was just installed', async () => {
    await mkdir(join(folder.dir, 'installed'))
    await writeFile(
      join(folder.dir, 'installed/package.json'),
      JSON.stringify({ name: 'ours', dependencies: { millrace: 'file:../millrace.tgz' } }),
    )
    expect((await millrace('installed', 'init')).code).toBe(0)
    expect(JSON.parse(await text('installed/package.json'))).toMatchObject({
      name: 'ours',
      type: 'module',
      dependencies: { millrace: 'file:../millrace.tgz', 'vega-datasets': expect.any(String) },
    })
  })

  it('answers the written files with --json', async () => {
    const { stdout } = await millrace('.', 'init', 'listed', '--empty', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ dir: 'listed', files: expect.arrayContaining(['millrace.yaml']) })
  })
})
