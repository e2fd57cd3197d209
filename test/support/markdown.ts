import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const leftOut = new Set(['node_modules', 'dist', 'target', 'reports', 'dbt_packages', 'golden'])

export interface Page {
  /** Relative to the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** Every Markdown file that people wrote. */
export function pages(folder = root): Page[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return leftOut.has(entry.name) || entry.name.startsWith('.') ? [] : pages(path)
    if (!entry.name.endsWith('.md')) return []
    return [{ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }]
  })
}

export const pageOf = (path: string): Page => ({ path, text: readFileSync(join(root, path), 'utf8') })

export interface Fence {
  readonly language: string
  readonly text: string
}

export const fences = ({ text }: Page): Fence[] =>
  [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({ language, text: code }))

const withoutFences = (text: string) => text.replace(/^```.*?^```$/gms, '')
const isIndented = (line: string) => line.startsWith('    ')

/** Lines of code outside fences: indented ones, and what stands between backticks. */
export function loosecode({ text }: Page): { readonly lines: string[]; readonly inline: string[] } {
  const lines = withoutFences(text).split('\n')
  const prose = lines.filter((line) => !isIndented(line)).join('\n')
  return {
    lines: lines.filter(isIndented).map((line) => line.slice(4)),
    inline: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
  }
}

/** The targets of links and pictures. */
export const linksOf = ({ text }: Page): string[] =>
  [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)

/** The anchors that GitHub makes of the headings. */
export const anchorsOf = ({ text }: Page): string[] =>
  [...withoutFences(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** The first cells of the table below a heading, as far as they are code: the settings that it describes. */
export function namesInTable(page: Page, heading: string): string[] {
  const start = page.text.split('\n').findIndex((line) => line.replace(/^#+ /, '') === heading)
  if (start < 0) throw new Error(`${page.path} has no heading "${heading}"`)
  const rest = page.text.split('\n').slice(start + 1)
  const end = rest.findIndex((line) => line.startsWith('#'))
  const section = end < 0 ? rest : rest.slice(0, end)
  return section
    .flatMap((line) => [...(/^\| (`.*?`) \|/.exec(line)?.[1] ?? '').matchAll(/`([^`]+)`/g)])
    .map(([, name = '']) => name)
}
