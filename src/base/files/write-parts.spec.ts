import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeParts, writePartsBeside } from './write-parts.js'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parts-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

describe.each([
  ['writeParts', async (path: string, parts: Buffer[]) => writeParts(path, parts)],
  ['writePartsBeside', writePartsBeside],
])('%s', (_, write) => {
  it('writes all parts in order, more than the system takes at once, into a folder that it makes', async () => {
    const parts = Array.from({ length: 2500 }, (_, i) => Buffer.from(i % 7 === 0 ? '' : `${i}\n`))
    await write(join(dir, 'new/file'), parts)
    expect(readFileSync(join(dir, 'new/file'))).toEqual(Buffer.concat(parts))
    expect(readdirSync(join(dir, 'new'))).toEqual(['file'])
  })

  it('leaves the former file, and nothing beside it, when it fails', async () => {
    const path = join(dir, 'file')
    writeFileSync(path, 'former')
    const noBuffer = 'text' as unknown as Buffer
    await expect(write(path, [Buffer.from('new'), noBuffer])).rejects.toThrow()
    expect(readFileSync(path, 'utf8')).toBe('former')
    expect(readdirSync(dir)).toEqual(['file'])
  })

  it('names the file where the system says no name, or that of the file beside it', async () => {
    mkdirSync(join(dir, 'folder'))
    await expect(write(join(dir, 'folder'), [Buffer.from('x')])).rejects.toMatchObject({ path: join(dir, 'folder') })
    if (process.platform !== 'linux') return
    await expect(write('/dev/full', [Buffer.from('x')])).rejects.toMatchObject({ path: '/dev/full', code: 'ENOSPC' })
  })

  it('writes through a link', async () => {
    writeFileSync(join(dir, 'file'), 'former')
    symlinkSync('file', join(dir, 'link'))
    await write(join(dir, 'link'), [Buffer.from('new'), Buffer.from('er')])
    expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('newer')
    expect(readdirSync(dir)).toEqual(['file', 'link'])
  })
})
