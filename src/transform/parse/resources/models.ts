import { createHash } from 'node:crypto'
import type { SourceLocation } from '../../../base/index.js'
import { repr } from '../../../jinja/index.js'
import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { holdsRows } from '../../graph/resource-types.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { asList, isMapping, mappings } from '../../project/yaml-file.js'
import { dataclass, enumMember } from '../../python/dataclass.js'
import type { ConfigValues } from '../configs/config-fields.js'
import { modelFiles, type PackageFile } from '../files/files.js'
import { addNode, yamlConfig } from '../nodes/add-node.js'
import { entryOfNode } from '../nodes/entry-of-node.js'
import { fileInput, readSql } from '../nodes/sql-file.js'
import { readPythonModel } from '../python-models/read-python-model.js'
import { yamlContext } from '../scope/parse-context.js'
import { type ParseScope, parseEach } from '../scope/parse-scope.js'
import { timeSpineOf } from '../semantic-layer/time-spines.js'
import { constraint } from '../yaml/columns.js'
import { shownDate } from '../yaml/date-text.js'
import type { Property } from '../yaml/properties.js'
import { renderEntry } from '../yaml/yaml-values.js'
import { addConstraintReferences } from './constraint-references.js'
import { warnOfIncrementalStrategy } from './incremental-strategy.js'
import { modelVersions } from './model-versions.js'
import { checkPrimaryKey } from './primary-keys.js'

/** The SQL and Python files below the model paths. */
export function parseModels(scope: ParseScope, own: DbtPackage): void {
  const versioned = modelVersions(scope, own)
  parseEach(scope, own, modelFiles(own), 'models', (file) => parseModel(scope, own, file, versioned))
}

function parseModel(
  scope: ParseScope,
  own: DbtPackage,
  file: PackageFile,
  versioned: ReturnType<typeof modelVersions>,
): void {
  const sql = readSql(scope, own, file)
  const { stem } = file
  const isPython = file.ending === 'py'
  const entry = versioned.get(stem)
  const name = entry?.property.name ?? stem
  const property = entry?.property ?? entryOfNode(scope, 'model', name, own)
  const yaml: ConfigValues[] = property ? [yamlConfig(scope, property), ...(entry ? [entry.config] : [])] : []
  const version = entry?.version ?? null
  const written = {
    type: 'model',
    ...fileInput(own, file, name),
    fqn: [own.name, ...file.folders, name, ...(version === null ? [] : [`v${version}`])],
    ...sql,
    property,
  } as const
  const node = addNode(scope, {
    ...written,
    uniqueId: `model.${own.name}.${name}${version === null ? '' : `.v${version}`}`,
    ...(isPython && {
      // What a function returns cannot be a view, whatever the project says of its models.
      defaults: { materialized: 'table' },
      render: (_, contextOf, onConfig) => {
        readPythonModel({ file: file.original, code: sql.code, line: sql.line }, contextOf, onConfig)
        return undefined
      },
    }),
    yaml,
    columns: entry?.columns,
    description: entry?.description ?? undefined,
    extra: {
      language: isPython ? 'python' : 'sql',
      version,
      latest_version: entry?.latest ?? null,
      deprecation_date: dateOf(entry?.deprecationDate ?? property?.values.deprecation_date),
      access: 'protected',
      constraints: [],
      primary_key: [],
      time_spine:
        property && isMapping(property.values.time_spine)
          ? timeSpineOf(property, property.values.time_spine, mappings(entry?.columns ?? property.values.columns))
          : null,
    },
  })
  if (!node) return
  const { access } = node.config
  if (access === 'private' || access === 'protected' || access === 'public') node.access = access
  else if (access !== undefined)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `${node.unique_id} has the access '${String(access)}'.`,
      at: property?.at ?? { file: file.original },
      hint: 'It can be private, protected or public.',
    })
  if (node.access === 'public' && node.config.materialized === 'ephemeral')
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Node ${node.unique_id} with 'ephemeral' materialization has an invalid value (public) for the access field`,
      at: property?.at ?? { file: file.original },
      hint: 'Others can only read what is in the database: make it protected, or materialize it as a view or table.',
    })
  warnOfIncrementalStrategy(scope, node, written)
  addConstraints(scope, node, property, entry?.constraints)
}

const dateOf = (value: unknown) => (value === undefined || value === null ? null : shownDate(String(value)))

function addConstraints(
  scope: ParseScope,
  node: ManifestNode,
  property: Property | undefined,
  ofVersion: unknown,
): void {
  if (!property) return
  const context = () => yamlContext(scope, property.package)
  const constraints = mappings(renderEntry(ofVersion ?? property.values.constraints, context, property))
  node.constraints = constraints.map((one) => ({ ...constraint(one), columns: asList(one.columns) }))
  checkPrimaryKey(node)
  addConstraintReferences(node)
  if (!node.contract?.enforced) return
  if (node.language !== 'sql')
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Contract enforcement failed for: (${node.original_file_path})\nLanguage Error: Expected 'sql' but found '${node.language}'`,
      at: property.at,
      hint: 'Only models in SQL can be held to a contract.',
    })
  if (Object.keys(node.columns).length === 0)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Contract enforcement failed for: (${node.original_file_path})\nConstraints must be defined in a \`yml\` schema configuration file like \`schema.yml\`.`,
      at: property.at,
      hint: 'List every column with its data_type below `columns`.',
    })
  node.contract.checksum = contractChecksum(node)
  if (!holdsRows(node)) warnOfConstraints(scope, node, property.at)
}

function warnOfConstraints({ diagnostics }: ParseScope, node: ManifestNode, at: SourceLocation): void {
  const constraints = [
    ...(node.constraints ?? []),
    ...Object.values(node.columns).flatMap((column) => column.constraints),
  ]
  if (!constraints.some(({ warn_unsupported }) => warn_unsupported !== false)) return
  const { materialized = 'view' } = node.config
  diagnostics.warn({
    code: 'TRANSFORM_YAML_INVALID',
    message: `The constraints of ${node.name} are not used: it is materialized as ${materialized}.`,
    event: { name: 'UnsupportedConstraintMaterialization', data: { materialized } },
    at,
  })
}

/** Changes when a column of the contract, its type or a constraint does: the text that dbt makes of these, hashed. */
function contractChecksum(node: ManifestNode): string {
  const columns = Object.values(node.columns).sort((a, b) => (a.name < b.name ? -1 : 1))
  const state = columns.map(
    ({ name, data_type, constraints }) =>
      `|${name}${data_type ?? 'None'}${repr(constraints.map((one) => constraintOf('ColumnLevelConstraint', one)))}`,
  )
  const ofModel = (node.constraints ?? []).map((one) => constraintOf('ModelLevelConstraint', one))
  const held = holdsRows(node) ? node.config.materialized + repr(ofModel) : ''
  return createHash('sha256')
    .update(state.join('') + held)
    .digest('hex')
}

const constraintOf = (name: string, { type, ...fields }: Record<string, unknown>) =>
  dataclass(name, { type: enumMember('ConstraintType', String(type)), ...fields })
