import { compiledOnce, type ManifestNode, type RunSession } from '../../../transform/index.js'
import type { Warehouse } from '../../../warehouse/index.js'
import { platformErrors } from '../../errors.js'
import type { ModelDetail, ModelEntry } from '../../models-contract.js'
import { ModelCatalog, testsOn } from './model-catalog.js'

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

/** A resource with its compiled SQL, and its columns as the warehouse has them. */
export async function modelDetail(session: RunSession, id: string): Promise<ModelDetail> {
  const detail = detailOf(catalogOf(session), id)
  const node = session.manifest.nodes[id]
  return {
    ...detail,
    ...(node && detail.code !== undefined ? await compiled(session, node) : {}),
    ...(detail.asset === undefined || detail.type === 'exposure'
      ? {}
      : { columns: await columns(detail, session.warehouse) }),
  }
}

/** @throws MODEL_NOT_FOUND */
export function detailOf(catalog: ModelCatalog, id: string): ModelDetail {
  const detail = catalog.detail(id)
  if (detail) return detail
  throw platformErrors.create('MODEL_NOT_FOUND', {
    message: `The dbt project has no ${id}.`,
    hint: 'It was renamed or removed; the Models page lists everything.',
  })
}

async function compiled(session: RunSession, node: ManifestNode): Promise<Partial<ModelDetail>> {
  if (node.compiled_code) return { compiledCode: node.compiled_code.trim() }
  const found = await compiledOnce(session, node)
  return 'sql' in found ? { compiledCode: found.sql.trim() } : { notCompiled: found.reason }
}

/** The columns of the table, those that only YAML knows of behind them. */
export async function columns(detail: ModelDetail, warehouse: Warehouse): Promise<ModelDetail['columns']> {
  const { schema = '', relation = '' } = detail
  const there = await warehouse.columns({ schema, identifier: relation }).catch(() => [])
  const described = new Map(detail.columns.map((column) => [column.name.toLowerCase(), column]))
  const known = new Set(there.map(({ name }) => name.toLowerCase()))
  const found = there.map(({ name, type }) => {
    const words = described.get(name.toLowerCase())
    return words ? { ...words, name, type } : { name, type, constraints: [], tests: testsOn(detail.tests, name) }
  })
  return [...found, ...detail.columns.filter(({ name }) => !known.has(name.toLowerCase()))]
}
