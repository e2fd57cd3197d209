import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { main } from './support.js'

const run = promisify(execFile)

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-bundle-'))
  await copyFile(join(dirname(main), 'bundled-program.js'), join(dir, 'bundled-program.mjs'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const bundle = (build: string, answer: string) =>
  writeFile(join(dir, 'program.cjs'), `// ${build}\nexports.runCommandLine = (args) => ${answer}`)

const start = (...args: string[]) => startWith([], ...args)
async function startWith(flags: readonly string[], ...args: string[]): Promise<string> {
  const code = `import { loadProgram } from './bundled-program.mjs'
    const args = process.argv.slice(1)
    console.log(loadProgram(process.cwd() + '/program.cjs', args).runCommandLine(args))`
  return (
    await run(process.execPath, [...flags, '--input-type=module', '-e', code, '--', ...args], { cwd: dir })
  ).stdout.trim()
}
const caches = async () => (await readdir(dir)).filter((name) => name.endsWith('.cache')).map((name) => join(dir, name))
const commandsIn = async (cache: string) =>
  JSON.parse((await readFile(cache)).toString('utf8').split('\n')[0] ?? '').commands
const commands = async () => (await Promise.all((await caches()).map(commandsIn))).flat()

describe('the bundled command line', () => {
  it('keeps what was compiled, a command at a time', async () => {
    await bundle('a', 'args.length')
    expect(await start('dbt', 'run', '--threads', '4')).toBe('4')
    expect(await commands()).toEqual(['dbt run'])
    expect(await start('sync', 'flights')).toBe('2')
    expect(await start('sync')).toBe('1')
    expect(await commands()).toEqual(['dbt run', 'sync'])
  })

  it('keeps what was compiled with other flags of V8 for itself', async () => {
    await bundle('a', 'args.length')
    const flags = ['--max-semi-space-size=8']
    for (const command of ['up', 'check']) await start(command)
    for (const command of ['engine', 'serve']) await startWith(flags, command)
    expect(await Promise.all((await caches()).map(commandsIn))).toEqual(
      expect.arrayContaining([
        ['up', 'check'],
        ['engine', 'serve'],
      ]),
    )
    expect(await caches()).toHaveLength(2)
  })

  it('takes nothing from another build, though it be as long', async () => {
    await bundle('a', '"old"')
    expect(await start('up')).toBe('old')
    await bundle('b', '"new"')
    expect(await start('up')).toBe('new')
    expect(await start('up')).toBe('new')
  })

  it('starts where what was kept is broken or cannot be written', async () => {
    await bundle('a', '"fine"')
    await start('up')
    const [cache = ''] = await caches()
    await truncate(cache, 200)
    expect(await start('up')).toBe('fine')
    await writeFile(cache, 'no line of JSON')
    expect(await start('up')).toBe('fine')
    expect(await commands()).toEqual(['up'])
  })
})
