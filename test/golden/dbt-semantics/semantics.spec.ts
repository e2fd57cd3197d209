import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseProject } from '../../../src/transform/index.js'
import { semanticManifest } from '../../../src/transform/artifacts/semantic-manifest.js'
import { silentEvents } from '../../../src/transform/log/event-sink.js'

/** What the real dbt made of the same project; `scripts/golden/semantics.py` records it. */
const answers = JSON.parse(readFileSync(join(import.meta.dirname, 'answers.json'), 'utf8')) as {
  readonly semantic_manifest: Record<string, { readonly name: string }[]>
  readonly manifest: Readonly<Record<'semantic_models' | 'metrics' | 'saved_queries' | 'exposures', object>>
  readonly issues: readonly (readonly string[])[]
}
const edits = JSON.parse(readFileSync(join(import.meta.dirname, 'edits.json'), 'utf8')) as readonly [string, string][]

let dir: string
let entries: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'semantics-'))
  cpSync(join(import.meta.dirname, 'project'), dir, { recursive: true })
  entries = readFileSync(join(dir, 'models/m.yml'), 'utf8')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** The manifest, or undefined when the project is refused; and what was said of its semantic layer. */
function parse(yaml: string) {
  writeFileSync(join(dir, 'models/m.yml'), yaml)
  const issues: string[] = []
  const hear = (name: string, data: unknown) => {
    if (name === 'SemanticValidationFailure') issues.push((data as { msg: string }).msg)
  }
  try {
    const { manifest } = parseProject({ projectDir: dir, env: {}, events: { ...silentEvents, fire: hear, warn: hear } })
    return { manifest, issues }
  } catch {
    return { manifest: undefined, issues }
  }
}

const byName = (value: Record<string, unknown>): unknown =>
  Object.fromEntries(
    Object.entries(value).map(([key, section]) => [
      key,
      Array.isArray(section) ? section.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : section,
    ]),
  )

test('semantic_manifest.json and the manifest hold what dbt writes', () => {
  const { manifest } = parse(entries)
  if (!manifest) throw new Error('The project is refused.')
  const ours = JSON.parse(JSON.stringify(semanticManifest(manifest))) as Record<string, unknown>
  expect(byName(ours)).toEqual(byName(answers.semantic_manifest))
  for (const [section, theirs] of Object.entries(answers.manifest))
    // dbt forgets what dbt_project.yml says of semantic models and saved queries, whose sections it reads under another name.
    expect(manifest[section as keyof typeof answers.manifest], section).toMatchObject(
      JSON.parse(JSON.stringify(theirs), (key, value) => (key === 'unrendered_config' ? undefined : value)),
    )
})

/** Places, order and wording of the rest of a sentence are ours; what is wrong, and with what, is the same. */
const gist = (message: string) =>
  message.replace(/SemanticManifestNodeType\.\w+/, (type) => type.replace(/^.*\./, '').toLowerCase()).replace(/[`']/g, '').slice(0, 40)

test.each(edits.map((edit, i) => [...edit, answers.issues[i] ?? []] as const))('%s → %s', (old, replacement, theirs) => {
  const { issues } = parse(entries.replaceAll(old, () => replacement))
  expect(new Set(issues.map(gist))).toEqual(new Set(theirs.map(gist)))
})
