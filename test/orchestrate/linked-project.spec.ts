import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { userCode } from './user-code.js'

describe.each([
  [
    'a project that is reached by a link',
    async (dir: string) => {
      const projectDir = join(dir, 'current')
      await symlink(dir, projectDir)
      return { file: join(projectDir, 'definitions.ts'), projectDir }
    },
  ],
  [
    'a project whose folder of definitions is a link',
    async (dir: string) => {
      const projectDir = join(dir, 'project')
      await mkdir(projectDir)
      await symlink(dir, join(projectDir, 'orchestration'))
      return { file: join(projectDir, 'orchestration/definitions.ts'), projectDir }
    },
  ],
])('%s', (_what, reached) => {
  const { open, run } = userCode(reached)

  it('is loaded, and its errors are told with their place', async () => {
    await open(`DEFINE asset('a', { run: ({ log }) => log('done') }),
  asset('b', { run: () => { throw new Error('no good') } })`)
    expect(await run('a')).toMatchObject({ error: undefined, log: ['info: done'] })
    const { error } = await run('b')
    expect(error).toMatchObject({ message: 'no good', at: { line: 3 } })
    expect(error?.at?.file).toMatch(/^(orchestration\/)?definitions\.ts$/)
  })
})
