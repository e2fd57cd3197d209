import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
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

describe('ARCHITECTURE.md', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const leftOut = /(^|\/)(node_modules|dist|\.git)(\/|$)/
  const below = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => `/${folder}/${path}`)
  const paths = ['src', 'ui/src', 'test', 'examples', 'scripts', 'docs']
    .flatMap(below)
    .filter((path) => !leftOut.test(path))

  it('tells of every folder below src, and of none that is not there', () => {
    const told = [...text.matchAll(/^\| `([a-z-]+)\/` \|/gm)].map(([, name]) => name)
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(told.sort()).toEqual(folders.map((entry) => entry.name).sort())
  })

  it('names only folders and files that exist', () => {
    const named = [...text.matchAll(/`([\w.-]*\/[\w./-]*|[\w-]+(?:\.\w+)*\.ts)`/g)]
      .map(([, path = '']) => path.replace(/\/$/, ''))
      .filter((path) => !path.startsWith('/') && path !== 'target')
    expect(named).toContain('platform/graph/dbt-assets.ts')
    expect(
      named.filter((path) => !paths.some((one) => one.endsWith(`/${path}`)) && !existsSync(join(root, path))),
    ).toEqual([])
  })
})
