import type { ModelEntryView } from '../../../../src/server/contract/index.js'

export type TreeOrder = 'folder' | 'database'

/** A folder, or a resource at the end of the way. */
export interface TreeNode {
  /** The way to it: what is open is remembered by it. */
  readonly path: string
  readonly label: string
  readonly children: readonly TreeNode[]
  readonly entry?: ModelEntryView
  /** Resources below it. */
  readonly count: number
}

export interface TreeRow {
  readonly node: TreeNode
  readonly depth: number
  readonly isOpen: boolean
}

interface Draft {
  readonly path: string
  readonly label: string
  readonly children: Map<string, Draft>
  readonly entries: ModelEntryView[]
}

/** Which words a search must find; each somewhere in a name, a place, a tag or a description. */
export function matchingModels(models: readonly ModelEntryView[], q: string | undefined): readonly ModelEntryView[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return models
  return models.filter(({ name, type, path, schema, relation, materialized, group, tags, about }) => {
    const text = [name, type, path, schema, relation, materialized, group, ...(tags ?? []), about]
      .join('\n')
      .toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Those that somebody may mean who knows no ids: `revenue`, `raw.orders`, `dim.v2`. None where it is an id. */
export function modelsCalled(models: readonly ModelEntryView[], text: string): readonly ModelEntryView[] {
  if (models.some(({ id }) => id === text)) return []
  const wanted = text.toLowerCase()
  return models.filter(({ id, name }) =>
    [name, id.split('.').slice(2).join('.')].some((one) => one.toLowerCase() === wanted),
  )
}

/** Packages with their folders, or databases with their schemas. */
export function modelTree(models: readonly ModelEntryView[], order: TreeOrder): readonly TreeNode[] {
  const root: Draft = { path: '', label: '', children: new Map(), entries: [] }
  for (const entry of models) {
    const way = order === 'folder' ? folderWay(entry) : databaseWay(entry)
    if (!way) continue
    let at = root
    for (const label of way) {
      const path = `${at.path}/${label}`
      let next = at.children.get(label)
      if (!next) {
        next = { path, label, children: new Map(), entries: [] }
        at.children.set(label, next)
      }
      at = next
    }
    at.entries.push(entry)
  }
  return childrenOf(root)
}

/** Groups of their own stand beside the folders, for what has no file that one would look for. */
const apart: Readonly<Record<string, string>> = { source: 'Sources', exposure: 'Exposures', group: 'Groups' }

function folderWay({ type, package: name, path }: ModelEntryView): readonly string[] {
  const group = apart[type]
  const folders = path.split('/').slice(0, -1)
  return group === undefined ? [name, ...folders] : [name, group]
}

function databaseWay({ database, schema, relation }: ModelEntryView): readonly string[] | undefined {
  if (relation === undefined || schema === undefined) return undefined
  return [database ?? 'default', schema]
}

function childrenOf(draft: Draft): TreeNode[] {
  const folders = [...draft.children.values()]
    .sort((a, b) => a.label.localeCompare(b.label))
    .map((child): TreeNode => {
      const children = childrenOf(child)
      return {
        path: child.path,
        label: child.label,
        children,
        count: children.reduce((sum, { count }) => sum + count, 0),
      }
    })
  const leaves = draft.entries
    .map(
      (entry): TreeNode => ({
        path: `${draft.path}/${entry.id}`,
        label: labelOf(entry),
        children: [],
        entry,
        count: 1,
      }),
    )
    .sort((a, b) => a.label.localeCompare(b.label))
  return [...folders, ...leaves]
}

export const labelOf = ({ name, version }: Pick<ModelEntryView, 'name' | 'version'>) =>
  version === undefined ? name : `${name} v${version}`

/** The rows that are visible: of open folders their children too. `isAllOpen` while one searches. */
export function visibleRows(tree: readonly TreeNode[], open: ReadonlySet<string>, isAllOpen: boolean): TreeRow[] {
  const rows: TreeRow[] = []
  const visit = (nodes: readonly TreeNode[], depth: number) => {
    for (const node of nodes) {
      const isOpen = node.entry === undefined && (isAllOpen || open.has(node.path))
      rows.push({ node, depth, isOpen })
      if (isOpen) visit(node.children, depth + 1)
    }
  }
  visit(tree, 0)
  return rows
}

/** The folders above a resource, so that it can be shown. */
export function folderPaths(tree: readonly TreeNode[], id: string): string[] {
  for (const node of tree) {
    if (node.entry?.id === id) return []
    if (node.entry) continue
    const inside = folderPaths(node.children, id)
    if (inside.length > 0 || node.children.some(({ entry }) => entry?.id === id)) return [node.path, ...inside]
  }
  return []
}

/** What is open at first: the models of the largest package, or else the one way as long as there is only one. */
export function firstOpen(tree: readonly TreeNode[]): string[] {
  const folders = tree.filter(({ entry }) => entry === undefined)
  if (folders.length === 0) return []
  const largest = folders.reduce((a, b) => (b.count > a.count ? b : a))
  const models = largest.children.find(({ label }) => label === 'models')
  if (models) return [largest.path, models.path]
  return [largest.path, ...(largest.children.length <= 3 ? firstOpen(largest.children) : [])]
}
