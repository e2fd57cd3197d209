import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../../../base/index.js'
import { writeCatalog, writeManifest } from '../../artifacts/write.js'
import { docsPage, staticDocsPage } from '../../docs/page.js'
import type { RunSession } from '../../execute/open-session.js'
import { type Catalog, readCatalog } from '../../execute/session/catalog.js'
import { commandResourceTypes } from '../../select/index.js'
import { compileNodes } from '../invocation/compile-nodes.js'
import type { CommandInvocation, DbtCommand } from '../invocation/invocation.js'
import { selectionOf } from '../invocation/selection.js'
import { tellOfArtifact, writeResults } from '../output/write-results.js'

/** What the documentation site shows: the compiled project and what is in the warehouse. */
export const docsGenerate: DbtCommand = (invocation) =>
  invocation.withSession(async (session) => {
    const { flags } = invocation
    const { targetDir, project, manifest } = session
    const catalogFile = join(targetDir, 'catalog.json')
    if (!flags.noCompile) await compileAll(invocation, session)
    invocation.log.fire('BuildingCatalog', {})
    const catalog = flags.emptyCatalog
      ? { nodes: {}, sources: {}, errors: null }
      : await selectedCatalog(invocation, session)
    for (const exc of catalog.errors ?? []) invocation.log.warn('CatalogGenerationError', { exc })
    // With --no-compile dbt leaves the manifest as it is; a page that holds all in itself needs one.
    if (flags.static && !existsSync(join(targetDir, 'manifest.json'))) writeManifest(manifest, targetDir)
    writeCatalog(catalog, targetDir, project.invocation)
    tellOfArtifact(invocation.log, 'CatalogArtifact', catalogFile)
    writePages(session, flags.static === true)
    invocation.log.fire('CatalogWritten', { path: catalogFile })
    if (catalog.errors) invocation.log.fire('WriteCatalogFailure', { num_exceptions: catalog.errors.length })
    return catalog.errors === null ? 0 : 1
  })

async function compileAll(invocation: CommandInvocation, session: RunSession): Promise<void> {
  const started = performance.now()
  const { nodes } = session.manifest
  const ids = new Set(
    [...selectionOf(invocation, session.project, commandResourceTypes.compile)].filter((id) => id in nodes),
  )
  await invocation.prepare(session, ids)
  const results = await compileNodes(invocation, session, ids)
  writeResults(invocation, session, results, (performance.now() - started) / 1000)
}

/** With a selection, only of what it names. */
async function selectedCatalog(invocation: CommandInvocation, session: RunSession): Promise<Catalog> {
  const { flags, io } = invocation
  const catalog = await readCatalog(session, io.signal)
  if (flags.noCompile || !(flags.select ?? flags.exclude ?? flags.selector)) return catalog
  const ids = selectionOf(invocation, session.project, [...commandResourceTypes.compile, 'source'])
  const chosen = <T>(all: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([id]) => ids.has(id)))
  return { nodes: chosen(catalog.nodes), sources: chosen(catalog.sources), errors: catalog.errors }
}

/** The page beside the artifacts, with the pictures that descriptions show. */
function writePages({ targetDir, project: { root } }: RunSession, isStatic: boolean): void {
  makeFolder(targetDir)
  writeFileSync(join(targetDir, 'index.html'), docsPage())
  for (const path of root.assetPaths) {
    const [from, to] = [join(root.dir, path), join(targetDir, path)]
    rmSync(to, { recursive: true, force: true })
    if (existsSync(from)) cpSync(from, to, { recursive: true })
  }
  if (!isStatic) return
  const read = (name: string) => readFileSync(join(targetDir, name), 'utf8')
  writeFileSync(join(targetDir, 'static_index.html'), staticDocsPage(read('manifest.json'), read('catalog.json')))
}
