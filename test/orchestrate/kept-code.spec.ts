import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { userCode } from './user-code.js'

const { open, run, code, dir } = userCode()
const kept = () => readdir(join(dir(), '.millrace/definitions'))

const body = `import { fail } from './lib/fail'
DEFINE asset('a', { run: () => fail('good') })`

async function library(text: string): Promise<void> {
  await mkdir(join(dir(), 'lib'), { recursive: true })
  await writeFile(join(dir(), 'lib/fail.ts'), text)
}
const failing = `interface Unused {
  readonly one: string
}
export const fail = (what: string): never => { const why: string = 'no ' + what; throw new Error(why) }
`

it('an error has the place in the file that it is of, when the code is made and when it was kept', async () => {
  await library(failing)
  for (const made of [0, 2]) {
    await open(body)
    expect(await kept().catch(() => [])).toHaveLength(made)
    const { error } = await run('a')
    expect(error).toMatchObject({ message: 'no good', at: { file: 'lib/fail.ts', line: 4, column: 88 } })
    await code().close()
  }
})

it('an error of the compiler has its place, and what was kept before is not taken for it', async () => {
  await library(failing)
  await (await open(body)).load()
  await library(`${failing}export const = 1\n`)
  await expect(code().load()).rejects.toMatchObject({
    code: 'DEFINITIONS_INVALID',
    at: { file: 'lib/fail.ts', line: 5, column: 14 },
  })
  await library(failing.replace("'no '", "'not '"))
  await code().load()
  expect((await run('a')).error).toMatchObject({ message: 'not good' })
})

it('several that load it at once all have it, and leave nothing half-written', async () => {
  await library(failing)
  const first = await open(body)
  const second = await open(body)
  try {
    const loaded = await Promise.all([first.load(), second.load()])
    for (const { assets } of loaded) expect(assets).toMatchObject([{ key: 'a' }])
  } finally {
    await first.close()
  }
  // Each output is a folder of modules, beside the file that says what it was made of.
  const [index, output, ...more] = (await kept()).sort((one) => (one.endsWith('.json') ? -1 : 1))
  expect(more).toEqual([])
  expect(index).toMatch(/^[0-9a-f]{64}\.json$/)
  expect(output).toMatch(/^[0-9a-f]{64}$/)
  expect((await readdir(join(dir(), '.millrace/definitions', output ?? ''))).sort()).toEqual(['0.mjs', '1.mjs'])
})
