import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../../../base/index.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { analysisFiles, seedFiles, singularTestFiles } from '../files/files.js'
import { addNode, contentChecksum } from '../nodes/add-node.js'
import { entryOfNode } from '../nodes/entry-of-node.js'
import { fileInput, readSql } from '../nodes/sql-file.js'
import { type ParseScope, parseEach } from '../scope/parse-scope.js'

/** Analyses are compiled, never run. That their names begin with a folder `analysis` was a slip of dbt's, which a flag mends. */
export function parseAnalyses(scope: ParseScope, own: DbtPackage): void {
  parseEach(scope, own, analysisFiles(own), 'analyses', (file) => {
    const name = file.stem
    const folder = scope.invocation.flags.require_corrected_analysis_fqns === true ? [] : ['analysis']
    addNode(scope, {
      type: 'analysis',
      ...fileInput(own, file, name),
      fqn: [own.name, ...folder, ...file.folders, name],
      path: [...folder, file.relative].join('/'),
      ...readSql(scope, own, file),
      property: scope.properties.find('analysis', name, own),
    })
  })
}

/** Tests that are a query of their own. */
export function parseSingularTests(scope: ParseScope, own: DbtPackage): void {
  parseEach(scope, own, singularTestFiles(own), 'singular_tests', (file) => {
    const name = file.stem
    addNode(scope, {
      type: 'test',
      ...fileInput(own, file, name),
      ...readSql(scope, own, file),
      property: scope.properties.find('test', name, own),
    })
  })
}

/** The same for every way of ending lines; a byte order mark counts, as in Python. */
const seedChecksum = (text: string) => ({
  name: 'sha256',
  checksum: createHash('sha256')
    .update(text.replace(/\r\n?/g, '\n').replace(/^(?:(?!\ufeff)\s)+|(?:(?!\ufeff)\s)+$/g, ''))
    .digest('hex'),
})

/** Above this size, a seed's checksum is its path: reading it would be dear. */
const largestHashedSeedBytes = 1024 * 1024

export function parseSeeds(scope: ParseScope, own: DbtPackage): void {
  parseEach(scope, own, seedFiles(own), 'seeds', (file) => {
    const name = file.stem
    const isLarge = statSync(file.path).size > largestHashedSeedBytes
    if (isLarge) scope.tracker.noteLarge(own, file.original, file.path)
    const checksum = isLarge
      ? { name: 'path', checksum: file.original }
      : seedChecksum(scope.tracker.text(own, file.original, file.path))
    const property = entryOfNode(scope, 'seed', name, own)
    addNode(scope, {
      type: 'seed',
      ...fileInput(own, file, name),
      code: '',
      line: 1,
      checksum,
      property,
      extra: { root_path: own.dir },
    })
  })
}

/** on-run-start and on-run-end of dbt_project.yml. */
export function parseHooks(scope: ParseScope, own: DbtPackage): void {
  const checksum = contentChecksum(readText(join(own.dir, 'dbt_project.yml')))
  for (const when of ['on-run-start', 'on-run-end'] as const)
    for (const [index, { sql, line }] of own.hooks[when].entries()) {
      const name = `${own.name}-${when}-${index}`
      scope.tracker.within(own, 'dbt_project.yml', 'hooks', () =>
        scope.diagnostics.attempt(
          () =>
            addNode(scope, {
              type: 'operation',
              name,
              own,
              fqn: [own.name, 'hooks', name],
              path: `hooks/${name}.sql`,
              file: './dbt_project.yml',
              code: sql,
              line,
              checksum,
              tags: [when],
              isNamed: false,
              extra: { index },
            }),
          { file: 'dbt_project.yml' },
        ),
      )
    }
}
