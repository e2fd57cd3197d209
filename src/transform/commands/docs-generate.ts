import { join } from 'node:path'
import { readCatalog } from '../artifacts/catalog.js'
import { writeCatalog, writeManifest } from '../artifacts/write.js'
import { transformErrors } from '../errors.js'
import type { DbtCommand } from './invocation.js'

/** `docs generate`: what the documentation site shows, the project and what is in the warehouse. */
export const docsGenerate: DbtCommand = (invocation) => {
  if (invocation.rest[0] !== 'generate')
    throw transformErrors.create('TRANSFORM_UNSUPPORTED', {
      message: `\`dbt docs ${invocation.rest[0] ?? ''}\` is not there yet.`,
      hint: '`dbt docs generate` writes the files; `millrace up` shows models, columns and lineage in the browser.',
    })
  return invocation.withSession(async ({ manifest, targetDir, warehouse, project }) => {
    const catalog = await readCatalog(manifest, warehouse, invocation.io.signal)
    writeManifest(manifest, targetDir)
    writeCatalog(catalog, targetDir, project.invocation)
    invocation.info(`Catalog written to ${join(targetDir, 'catalog.json')}`)
    return 0
  })
}
