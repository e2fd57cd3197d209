import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { expect, it } from 'vitest'
import { anchorsOf, linksOf, type Page, pageOf, pages, root } from './support/markdown.js'

/** Why a link of a page leads nowhere; undefined when it leads somewhere, or out into the world. */
function brokenLink(page: Page, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page.path : posix.normalize(posix.join(dirname(page.path), path))
  if (!existsSync(join(root, file))) return `${page.path}: ${target} does not exist`
  if (anchor === undefined || anchorsOf(pageOf(file)).includes(anchor)) return undefined
  return `${page.path}: ${file} has no heading #${anchor}`
}

it('every link and picture leads somewhere', () => {
  const all = pages()
  expect(all.map((page) => page.path)).toContain('docs/connectors/file.md')
  expect(all.flatMap((page) => linksOf(page).map((target) => brokenLink(page, target))).filter(Boolean)).toEqual([])
})

it('can fail', () => {
  const page = { path: 'docs/x.md', text: '' }
  expect(brokenLink(page, 'nowhere.md')).toContain('does not exist')
  expect(brokenLink(page, 'cli.md#nothing')).toContain('no heading')
  expect(brokenLink(page, '../README.md')).toBeUndefined()
})

it('every page of docs/ is linked from the README', () => {
  const linked = new Set(linksOf(pageOf('README.md')))
  const written = pages(join(root, 'docs')).map((page) => page.path)
  expect(written.filter((path) => !linked.has(path))).toEqual([])
})

// A whole text of that form is a path of dbt's own.
it('pages that hints of the program name exist', () => {
  const named = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .flatMap((file) => [...readFileSync(join(root, 'src', file), 'utf8').matchAll(/docs\/[\w/-]+\.md(?!')/g)])
    .map(([path]) => path)
  expect(named).toContain('docs/connections.md')
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
