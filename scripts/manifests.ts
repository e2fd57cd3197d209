// `npm run manifests -- PATH... [--write]`: which of these manifests can be used, and what stands in the way of the others. With
// --write the results become docs/manifests.md: names and results, nothing of a manifest's text.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { isMapping, MillraceError, plural } from '../src/base/index.js'
import { loadCustomComponents } from '../src/extract-load/declarative/custom/index.js'
import { readManifest } from '../src/extract-load/declarative/manifest/index.js'

interface Result {
  readonly name: string
  readonly version: string
  readonly streams: readonly string[]
  readonly dynamicStreams: number
  /** What stops it; empty where it loads. */
  readonly problems: readonly string[]
  readonly ms: number
}

/** Of a row; the rest is counted. */
const mostProblems = 8

function manifestsIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((name) => ['.yaml', '.yml'].includes(extname(name)))
    .sort()
    .map((name) => join(path, name))
}

async function read(file: string): Promise<Result> {
  const text = readFileSync(file, 'utf8')
  const name = basename(file).replace(/\.ya?ml$/, '')
  const custom = await loadCustomComponents(dirname(file))
  const start = performance.now()
  try {
    const { root, version } = readManifest(text, { file: basename(file), custom })
    const ms = performance.now() - start
    return {
      name,
      version,
      streams: namesOf(root.streams),
      dynamicStreams: listOf(root.dynamic_streams).length,
      problems: [],
      ms,
    }
  } catch (error) {
    const ms = performance.now() - start
    const version = /^version:\s*["']?([\d.]+)/m.exec(text)?.[1] ?? ''
    return { name, version, streams: [], dynamicStreams: 0, problems: problemsOf(error), ms }
  }
}

/** A problem without its place: where it stands is for whoever has the file. */
function problemsOf(error: unknown): string[] {
  const told = error instanceof MillraceError ? (error.data?.problems as readonly string[] | undefined) : undefined
  const messages = told ?? [error instanceof Error ? (error.message.split('\n')[0] as string) : String(error)]
  return [...new Set(messages.map((message) => message.replace(/^\S+?(?::\d+){1,2}: /, '')))].sort()
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Of the streams that are there under a condition, too. */
function namesOf(streams: unknown): string[] {
  return listOf(streams).flatMap((stream) => {
    if (!isMapping(stream)) return []
    return stream.type === 'ConditionalStreams' ? namesOf(stream.streams) : [String(stream.name ?? '')]
  })
}

function page(): string {
  const refused = results.filter(({ problems }) => problems.length > 0)
  const rows = results.map(({ name, version, streams, dynamicStreams, problems }) => {
    const count = [plural(streams.length, 'stream'), ...(dynamicStreams > 0 ? [`${dynamicStreams} dynamic`] : [])]
    const stops = problems.slice(0, mostProblems).map(cell).join('<br>')
    const rest = problems.length > mostProblems ? `<br>and ${problems.length - mostProblems} more` : ''
    return `| ${name} | ${version} | ${problems.length === 0 ? 'yes' : 'no'} | ${problems.length === 0 ? count.join(', ') : ''} | ${stops}${rest} |`
  })
  return `# Public manifests

${results.length} manifests of connectors that others published, and what this program makes of them. ${loaded.length} load: every component in
them is known, and holds to what the CDK wants of it. ${refused.length} are refused, each for what stands in its row, before anything runs. Made by
\`npm run manifests -- PATH... --write\`, which you can point at manifests of your own.

- *is written in Python*: the manifest comes with a class of its own. [A module in TypeScript](connectors/custom-components.md) beside the
  manifest can stand for it.
- *there is no component*: Airbyte's CDK does not have it either, any more.

| Manifest | CDK | Loads | Streams | What stops it |
|---|---|---|---|---|
${rows.join('\n')}
`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}

const args = process.argv.slice(2)
const files = args.filter((arg) => !arg.startsWith('--')).flatMap(manifestsIn)
if (files.length === 0) {
  console.error('Name manifests, or folders of them: npm run manifests -- PATH... [--write]')
  process.exit(2)
}
const results: Result[] = []
for (const file of files) results.push(await read(file))
for (const { name, streams, problems, ms } of results)
  console.log(
    `${problems.length === 0 ? 'loads  ' : 'REFUSED'} ${name.padEnd(40)} ${plural(streams.length, 'stream').padEnd(12)} ${ms.toFixed(0).padStart(5)} ms  ${problems.slice(0, 3).join('; ')}`,
  )
const loaded = results.filter(({ problems }) => problems.length === 0)
console.log(`${loaded.length} of ${results.length} load`)
if (args.includes('--write')) {
  writeFileSync(new URL('../docs/manifests.md', import.meta.url), page())
  console.log('docs/manifests.md written')
}
