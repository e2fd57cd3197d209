import { join } from 'node:path'
import { readText } from '../../../base/index.js'
import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { asText } from '../../project/yaml-file.js'
import { snapshotFiles } from '../files/files.js'
import { addNode, contentChecksum, type NodeInput } from '../nodes/add-node.js'
import { type ParseScope, parseEach, parseEachEntry } from '../scope/parse-scope.js'
import { warnOfSnapshotStrategy } from './snapshot-strategy.js'

const snapshotBlocks = new Set(['snapshot'])

/** Snapshots as `{% snapshot %}` blocks, and as properties entries with a `relation:`. */
export function parseSnapshots(scope: ParseScope, own: DbtPackage): void {
  parseEach(scope, own, snapshotFiles(own), 'snapshots', (file) => {
    const source = scope.tracker.text(own, file.original, file.path)
    for (const block of scope.environment.blocks({ name: file.original, source }, snapshotBlocks)) {
      const bodyLine = block.line + block.source.slice(0, block.source.indexOf('%}')).split('\n').length - 1
      const written = {
        type: 'snapshot',
        name: block.name,
        own,
        fqn: [own.name, ...file.folders, file.stem, block.name],
        path: file.relative,
        file: file.original,
        code: block.body,
        line: bodyLine,
        checksum: contentChecksum(source),
        property: scope.properties.find('snapshot', block.name, own),
      } as const
      addSnapshot(scope, written, block.line)
    }
  })
  const inYaml = scope.properties
    .ofKind('snapshots')
    .filter((property) => property.package === own && property.values.relation !== undefined)
  parseEachEntry(scope, inYaml, 'yaml_snapshots', (property) =>
    scope.diagnostics.attempt(() => {
      const code = `select * from {{ ${asText(property.values.relation)} }}`
      const below = property.file.split('/').slice(1, -1)
      const written = {
        type: 'snapshot',
        name: property.name,
        own,
        fqn: [own.name, ...below, property.name],
        path: [...below, `${property.name}.sql`].join('/'),
        file: property.file,
        code,
        line: property.at.line ?? 1,
        checksum: contentChecksum(readText(join(own.dir, property.file), property.file)),
        property,
      } as const
      addSnapshot(scope, written, property.at.line)
    }, property.at),
  )
}

function addSnapshot(scope: ParseScope, input: NodeInput, line: number | undefined): void {
  const node = addNode(scope, input)
  if (!node) return
  checkSnapshot(node, line)
  warnOfSnapshotStrategy(scope, node, input)
}

function checkSnapshot(node: ManifestNode, line: number | undefined): void {
  const { strategy, unique_key: key, updated_at: updatedAt, check_cols: columns } = node.config
  const invalid = (message: string, hint: string) =>
    transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `The snapshot '${node.name}' ${message}`,
      hint,
      at: { file: node.original_file_path, line },
    })
  if (!strategy)
    throw invalid(
      "has no `strategy`. Snapshots must be configured with a 'strategy' and 'unique_key'.",
      'Set `strategy: timestamp` with `updated_at`, or `strategy: check` with `check_cols`.',
    )
  if (key === null || key === undefined || key === '')
    throw invalid(
      "has no `unique_key`. Snapshots must be configured with a 'strategy' and 'unique_key'.",
      'Name the column, or the columns, that tell its rows apart.',
    )
  if (strategy === 'timestamp' && !updatedAt)
    throw invalid('has no `updated_at`.', 'The timestamp strategy needs the column that tells when a row changed.')
  if (strategy === 'check' && !columns)
    throw invalid('has no `check_cols`.', 'The check strategy needs `check_cols: all`, or a list of columns.')
}
