import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AssetDefinition, AssetSpec } from '../../src/orchestrate/index.js'
import { type ImportDagsterOptions, importDagster } from '../../src/platform/import/dagster/import-dagster.js'
import type { DagsterImport, Project } from '../../src/platform/index.js'
import { materialize } from '../../src/testing.js'
import { imported as written } from '../golden/import-dagster/imported_dagster.js'
import { assetSpec, definitionsOf } from '../orchestrate/definitions.js'
import { type RecordedAnswer, type RecordedDagster, recordedDagster } from '../support/recorded-dagster.js'

const stream = (name: string): AssetSpec =>
  ({ ...assetSpec(`raw/shop_${name}`), kinds: ['stream'], origin: { connection: 'shop', stream: name } }) as AssetSpec
const node = (type: string, name: string): AssetSpec =>
  ({ ...assetSpec(`main/${name}`), kinds: [type], origin: { uniqueId: `${type}.shop.${name}` } }) as AssetSpec
const here = definitionsOf({
  assets: [stream('orders'), node('model', 'stg_orders'), node('model', 'mart_revenue'), node('seed', 'countries')],
})

let dir: string
let dagster: RecordedDagster
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-import-'))
})
afterEach(async () => {
  await dagster.close()
  await rm(dir, { recursive: true, force: true })
})

async function imported(options: Partial<ImportDagsterOptions> = {}, change?: (recorded: RecordedAnswer) => unknown) {
  dagster = await recordedDagster(change)
  return importDagster({ dir } as Project, here, { url: dagster.url, ...options })
}
const goldenText = (name: string) => readFileSync(new URL(`../golden/import-dagster/${name}`, import.meta.url), 'utf8')
/** The golden file imports what `millrace` means to a project, so that the compiler of this repository looks at it. */
const asGolden = (text: string) =>
  text.replaceAll(dagster.url, 'http://localhost:3000').replace("'millrace'", "'../../../src/index.js'")

/** `UPDATE_GOLDEN=1` writes anew what is expected; what changed shows in git. */
async function keep({ texts }: DagsterImport) {
  if (!process.env.UPDATE_GOLDEN) return
  for (const name of ['imported_dagster.ts', 'imported_dagster.md'])
    await writeFile(
      new URL(`../golden/import-dagster/${name}`, import.meta.url),
      asGolden(texts[`orchestration/${name}`] ?? ''),
    )
}

describe('a Dagster with many kinds of things', () => {
  it('becomes a file that compiles, and a list of what is left', async () => {
    const found = await imported()
    await keep(found)
    expect(asGolden(found.texts['orchestration/imported_dagster.ts'] ?? '')).toBe(goldenText('imported_dagster.ts'))
    expect(asGolden(found.texts['orchestration/imported_dagster.md'] ?? '')).toBe(goldenText('imported_dagster.md'))
    expect(found.assets).toEqual({ here: 4, declared: 10, external: 4, missing: 1 })
    expect(found.files.map(({ status }) => status)).toEqual(['new', 'new', 'new'])
    expect(await readFile(join(dir, 'orchestration/definitions.ts'), 'utf8')).toContain("from './imported_dagster.js'")
  })

  it('is imported again without a change, also where somebody ticked things off, and never over what was written', async () => {
    await imported()
    const list = join(dir, 'orchestration/imported_dagster.md')
    await writeFile(list, (await readFile(list, 'utf8')).replace('- [ ]', '- [x]'))
    const { url } = dagster
    const project = { dir } as Project
    const again = await importDagster(project, here, { url })
    expect(again.files.map(({ status }) => status)).toEqual(['unchanged', 'unchanged'])
    expect(await readFile(list, 'utf8')).toContain('- [x]')
    const file = join(dir, 'orchestration/imported_dagster.ts')
    await writeFile(file, '// mine\n')
    await expect(importDagster(project, here, { url })).rejects.toMatchObject({ code: 'IMPORT_FILE_EXISTS' })
    await importDagster(project, here, { url, isDryRun: true })
    expect(await readFile(file, 'utf8')).toBe('// mine\n')
    await importDagster(project, here, { url, force: true })
    expect(await readFile(file, 'utf8')).toContain('const reportsLetter = asset(')
  })

  it('has code that says what is to be written', async () => {
    dagster = await recordedDagster()
    const totals = written.find((one) => 'key' in one && one.key === 'totals')
    await expect(materialize(totals as AssetDefinition)).rejects.toThrow(
      'totals is not written yet: in Dagster the op totals of definitions.py does it.',
    )
  })

  it('sends what it is told to, and writes none of it', async () => {
    const found = await imported({ headers: { 'Dagster-Cloud-Api-Token': 'user:secret' } })
    expect(dagster.headers.every((one) => one['dagster-cloud-api-token'] === 'user:secret')).toBe(true)
    expect(JSON.stringify(found)).not.toContain('user:secret')
  })

  it('is asked only what it knows: an older one has fewer fields', async () => {
    const found = await imported({}, ({ operation, answer }) => {
      if (operation !== 'MillraceImportFields') return answer
      const { data } = answer as { data: Record<string, { name: string; fields: { name: string }[] | null } | null> }
      const older = Object.entries(data).map(([alias, type]) => {
        const lacks = ['pools', 'owners', 'internalFreshnessPolicy', 'kinds']
        const fields = type?.fields?.filter(({ name }) => !lacks.includes(name)) ?? null
        return [alias, type?.name === 'CodeReferencesMetadataEntry' ? null : type && { ...type, fields }]
      })
      return { data: Object.fromEntries(older) }
    })
    expect(found.schedules).toBe(4)
  })
})

describe('a Dagster that does not answer as one', () => {
  it('has another code location', async () => {
    await expect(imported({ location: 'definitions' })).rejects.toMatchObject({
      code: 'IMPORT_NOTHING_FOUND',
      hint: expect.stringContaining('definitions.py'),
    })
  })
  it('tells what its code lacks', async () => {
    const broken = {
      data: {
        version: '1.13',
        repositoriesOrError: { __typename: 'RepositoryConnection', nodes: [] },
        workspaceOrError: {
          locationEntries: [
            {
              name: 'marts',
              locationOrLoadError: { __typename: 'PythonError', message: 'Traceback\nModuleNotFoundError: pandas\n' },
            },
          ],
        },
      },
    }
    await expect(imported({}, () => broken)).rejects.toThrow(
      'marts could not be loaded there: ModuleNotFoundError: pandas.',
    )
  })
  it('is something else', async () => {
    await expect(imported({}, () => ({ data: { version: 7 } }))).rejects.toMatchObject({
      code: 'IMPORT_ANSWER_UNKNOWN',
    })
    await expect(importDagster({ dir } as Project, here, { url: `${dagster.url}/elsewhere` })).rejects.toThrow(
      'answered 404',
    )
    await expect(importDagster({ dir } as Project, here, { url: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'IMPORT_UNREACHABLE',
    })
    await expect(importDagster({ dir } as Project, here, { url: 'localhost:3000' })).rejects.toMatchObject({
      code: 'IMPORT_URL_INVALID',
    })
  })
})
