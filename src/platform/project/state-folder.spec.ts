import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../base/index.js'
import { prepareStateFolder } from './state-folder.js'

it('git passes over the folder, and what somebody else says there stays', async () => {
  const dir = await temporaryFolder('state')
  const stateDir = join(dir, '.millrace')
  const ignored = join(stateDir, '.gitignore')
  try {
    await prepareStateFolder({ stateDir })
    expect(await readFile(ignored, 'utf8')).toBe('*\n')
    await writeFile(ignored, '*.log\n')
    await prepareStateFolder({ stateDir })
    expect(await readFile(ignored, 'utf8')).toBe('*.log\n')
  } finally {
    await rm(dir, { recursive: true })
  }
})
