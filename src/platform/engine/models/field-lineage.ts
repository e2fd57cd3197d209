import { type FieldRef, type FieldUses, fieldUses, type ProjectLineage, traceField } from '../../../transform/index.js'
import { isAssetNode, nodeKey, sourceKey } from '../../graph/asset-keys.js'
import type { AssetField, AssetFields, AssetFieldTrace, TraceDirection } from '../../lineage-contract.js'

/** The lineage of dbt nodes told in assets: a source is the stream or table of its name, an ephemeral model is none. */
export class FieldLineage {
  readonly #lineage: ProjectLineage
  readonly #keys = new Map<string, string>()
  readonly #ids = new Map<string, string>()

  constructor(lineage: ProjectLineage) {
    this.#lineage = lineage
    const { nodes, sources } = lineage.manifest
    for (const source of Object.values(sources)) this.#add(source.unique_id, sourceKey(source))
    for (const node of Object.values(nodes)) if (isAssetNode(node)) this.#add(node.unique_id, nodeKey(node))
  }

  #add(uniqueId: string, key: string): void {
    this.#keys.set(uniqueId, key)
    this.#ids.set(key, uniqueId)
  }

  async of(asset: string): Promise<AssetFields> {
    const id = this.#ids.get(asset)
    if (id === undefined)
      return { columns: [], isComplete: false, reason: 'it is no part of the dbt project', rows: [] }
    const source = this.#lineage.manifest.sources[id]
    const made = source
      ? { ...(await this.#lineage.columnsOf(id)), rows: [] as const, reason: undefined }
      : await this.#lineage.of(id)
    const columns = made.columns.map((column) =>
      typeof column === 'string' ? { name: column, use: 'copied' as const, expression: column, inputs: [] } : column,
    )
    const uses = await fieldUses(this.#lineage, id)
    return {
      columns: columns.map(({ name, use, expression, inputs, ...rest }) => ({
        name,
        use,
        expression,
        inputs: inputs.map((input) => ({ ...this.#field(input), use: input.use })),
        ...this.#read(name, uses),
        ...('unknown' in rest && rest.unknown !== undefined ? { unknown: rest.unknown } : {}),
      })),
      isComplete: made.isComplete,
      ...(made.isComplete || made.reason === undefined ? {} : { reason: made.reason }),
      rows: made.rows.map((row) => ({ ...this.#field(row), use: row.use })),
    }
  }

  /** What other assets make of a column, and which ones' rows it decides over. */
  #read(name: string, { made, rows }: FieldUses): Pick<AssetFields['columns'][number], 'outputs' | 'rows'> {
    const isRead = (edge: { readonly from: FieldRef }) => edge.from.column.toLowerCase() === name.toLowerCase()
    const known = (id: string) => {
      const asset = this.#keys.get(id)
      return asset === undefined ? [] : [{ asset }]
    }
    return {
      outputs: made
        .filter(isRead)
        .flatMap(({ to, use }) => known(to.node).map((asset) => ({ ...asset, column: to.column, use }))),
      rows: rows.filter(isRead).flatMap(({ node, use }) => known(node).map((asset) => ({ ...asset, use }))),
    }
  }

  async trace(asset: string, column: string, direction: TraceDirection): Promise<AssetFieldTrace> {
    const node = this.#ids.get(asset) ?? asset
    const found = await traceField(this.#lineage, { node, column }, direction)
    const isShown = ({ node: id }: FieldRef) => this.#keys.has(id) || !id.startsWith('model.')
    return {
      edges: found.edges
        .filter(({ from, to }) => isShown(from) && isShown(to))
        .map(({ from, to, use }) => ({ from: this.#field(from), to: this.#field(to), use })),
      rows: found.rows.flatMap(({ from, node: id, use }) => {
        const reader = this.#keys.get(id)
        return reader === undefined || !isShown(from) ? [] : [{ from: this.#field(from), asset: reader, use }]
      }),
      unknown: found.unknown.map(({ reason, ...field }) => ({ ...this.#field(field), reason })),
    }
  }

  #field({ node, column }: FieldRef): AssetField {
    return { asset: this.#keys.get(node) ?? node, column }
  }
}
