import { describe, expect, it } from 'vitest'
import { filePath, folderName, isFilePath } from './file-path.js'

describe('the path of a file', () => {
  it.each([
    ['12/Invoice (März) 100%.pdf', '12/Invoice (März) 100%25.pdf'],
    ['/a//b/./c/', 'a/b/c'],
    ['../../etc/passwd', '%2E%2E/%2E%2E/etc/passwd'],
    ['..\\..\\windows', '%2E.%5C..%5Cwindows'],
    ['C:/x', 'C%3A/x'],
    ['.hidden', '%2Ehidden'],
    ['a\u0000b\n', 'a%00b%0A'],
    ['ends. ', 'ends.%20'],
    ['half \ud800', 'half \ufffd'],
    ['//.//', ''],
  ])('of %j is %j', (name, path) => {
    expect(filePath(name)).toBe(path)
    expect(isFilePath(path)).toBe(path !== '')
  })

  it('of a folder is one name', () => {
    expect(['a/b', 'a%2Fb', '../x', '.', ''].map(folderName)).toEqual(['a%2Fb', 'a%252Fb', '%2E.%2Fx', '%2E', ''])
  })

  it('of a long name has its ending, and is another one for another name', () => {
    const [one, other] = [`${'ä'.repeat(300)}1.pdf`, `${'ä'.repeat(300)}2.pdf`].map(filePath) as [string, string]
    expect(Buffer.byteLength(one)).toBeLessThanOrEqual(200)
    expect(one).toMatch(/^ä+~[0-9a-f]{12}\.pdf$/)
    expect(one).not.toBe(other)
  })

  it.each(['', '/etc/passwd', 'a/../b', 'a/.b', 'a\\b', 'a//b'])('is never %j', (path) => {
    expect(isFilePath(path)).toBe(false)
  })
})
