import { compileNode, type ManifestNode, type RunSession } from '../../transform/index.js'
import type { Warehouse } from '../../warehouse/index.js'
import { platformErrors } from '../errors.js'
import type { ModelDetail, ModelEntry } from '../models-contract.js'
import type { FieldLineage } from './field-lineage.js'
import { ModelCatalog } from './model-catalog.js'

const catalogs = new WeakMap<RunSession, ModelCatalog>()

/** Once for each version of the project. */
function catalogOf(session: RunSession): ModelCatalog {
  let catalog = catalogs.get(session)
  if (!catalog) {
    catalog = new ModelCatalog(session.manifest, new Set(session.project.builtin))
    catalogs.set(session, catalog)
  }
  return catalog
}

export const modelEntries = (session: RunSession): readonly ModelEntry[] => catalogOf(session).entries()

/** A resource with its compiled SQL, its columns as the warehouse has them, and what these are made of. */
export async function modelDetail(
  session: RunSession,
  id: string,
  { fields, warehouse }: { readonly fields: () => Promise<FieldLineage>; readonly warehouse: () => Promise<Warehouse> },
): Promise<ModelDetail> {
  const detail = catalogOf(session).detail(id)
  if (!detail)
    throw platformErrors.create('MODEL_NOT_FOUND', {
      message: `The dbt project has no ${id}.`,
      hint: 'It was renamed or removed; the Models page lists everything.',
    })
  const node = session.manifest.nodes[id]
  return {
    ...detail,
    ...(node && detail.code !== undefined ? await compiled(session, node) : {}),
    ...(detail.asset === undefined || detail.type === 'exposure'
      ? {}
      : await columns(detail, detail.asset, await fields(), await warehouse())),
  }
}

async function compiled(session: RunSession, node: ManifestNode): Promise<Partial<ModelDetail>> {
  if (node.compiled_code) return { compiledCode: node.compiled_code.trim() }
  const found = await compileNode(session, node)
  return 'sql' in found ? { compiledCode: found.sql.trim() } : { notCompiled: found.reason }
}

/** The columns of the table, those that only YAML or SQL know of behind them. */
async function columns(
  detail: ModelDetail,
  asset: string,
  fields: FieldLineage,
  warehouse: Warehouse,
): Promise<Pick<ModelDetail, 'columns' | 'columnsUnknown'>> {
  const lineage = await fields.of(asset)
  const { schema = '', relation = '' } = detail
  const there = await warehouse.columns({ schema, identifier: relation }).catch(() => [])
  const described = new Map(detail.columns.map((column) => [column.name.toLowerCase(), column]))
  const made = new Map(lineage.columns.map((column) => [column.name.toLowerCase(), column]))
  const types = new Map(there.map((column) => [column.name.toLowerCase(), column.type]))
  const names = new Map<string, string>()
  for (const { name } of [...there, ...lineage.columns, ...detail.columns])
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  return {
    columns: [...names].map(([key, name]) => {
      const words = described.get(key)
      const type = types.get(key) ?? words?.type
      const own = made.get(key)
      return {
        name,
        ...(type === undefined ? {} : { type }),
        ...(words?.description === undefined ? {} : { description: words.description }),
        constraints: words?.constraints ?? [],
        tests: words?.tests ?? detail.tests.filter(({ column }) => column?.toLowerCase() === key),
        ...(own === undefined ? {} : { lineage: own }),
      }
    }),
    ...(lineage.isComplete || lineage.reason === undefined ? {} : { columnsUnknown: lineage.reason }),
  }
}
