import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { root } from './example-copy.js'
import type { Figure } from './figure.js'

const head = ['| Figure | Millrace | Compared with | Ratio | Measured |', '|---|---:|---|---:|---|']

const machine = () =>
  `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown kind'}, ${(totalmem() / 1024 ** 3).toFixed(0)} GB`

const lineOf = ({ what, millrace, comparedWith, ratio }: Figure) =>
  `| ${what} | ${millrace} | ${comparedWith} | ${ratio} | ${machine()} |`

export const figuresTable = (figures: readonly Figure[]): string => [...head, ...figures.map(lineOf)].join('\n')

/** Puts figures into docs/benchmarks.md: what was measured anew takes the place of its former line, the others stay. */
export async function writeFigures(figures: readonly Figure[]): Promise<void> {
  const path = join(root, 'docs/benchmarks.md')
  const text = await readFile(path, 'utf8')
  const block = /(<!-- figures -->\n)([\s\S]*?)(<!-- end -->)/
  const former = (block.exec(text)?.[2] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !head.includes(line))
  const lines = new Map(former.map((line) => [nameIn(line), line]))
  for (const figure of figures) lines.set(figure.what, lineOf(figure))
  const table = [...head, ...lines.values()].join('\n')
  await writeFile(
    path,
    text.replace(block, (_, start: string, __, end: string) => `${start}\n${table}\n\n${end}`),
  )
}

const nameIn = (line: string): string => line.split('|')[1]?.trim() ?? ''
