import {
  IconChevronDown,
  IconChevronRight,
  IconCode,
  IconFileText,
  IconFunction,
  IconUsersGroup,
} from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { KindIcon } from '../../design/kind.js'
import { useWindowed } from '../../design/tables/windowed.js'
import { count } from '../../design/text/time.js'
import classes from './models.module.css'
import { firstOpen, folderPaths, type TreeNode, type TreeRow, visibleRows } from './tree.js'

const rowHeight = 28
const indent = 14

interface TreeViewProps {
  readonly tree: readonly TreeNode[]
  /** The resource that is shown. */
  readonly here: string | undefined
  /** Everything is open while one searches. */
  readonly isSearching: boolean
  readonly onOpen: (id: string) => void
}

/** Folders and resources; arrow keys walk, open and close, Enter shows. Only the visible rows are drawn. */
export function TreeView({ tree, here, isSearching, onOpen }: TreeViewProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(firstOpen(tree)))
  const [active, setActive] = useState(0)
  const shouldFocus = useRef(false)
  const rows = useMemo(() => visibleRows(tree, open, isSearching), [tree, open, isSearching])
  const { ref, from, to, above, below } = useWindowed(rows.length, rowHeight)
  // What is shown is always to be found in the tree.
  useEffect(() => {
    if (here === undefined) return
    setOpen((known) => new Set([...known, ...folderPaths(tree, here)]))
  }, [here, tree])
  useEffect(() => {
    const index = rows.findIndex(({ node }) => node.entry?.id === here)
    const box = ref.current
    if (index < 0 || !box) return
    setActive(index)
    const top = index * rowHeight
    if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - rowHeight)
      box.scrollTop = Math.max(0, top - box.clientHeight / 3)
  }, [here, rows, ref])
  // A row far away is only drawn once the box was scrolled there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn decides whether there is a row to focus
  useEffect(() => {
    const row = shouldFocus.current ? ref.current?.querySelector<HTMLElement>(`[data-row="${active}"]`) : undefined
    if (!row) return
    shouldFocus.current = false
    row.focus({ preventScroll: true })
  }, [active, from, to, ref])

  const toggle = ({ node, isOpen }: TreeRow) =>
    setOpen((known) => {
      const next = new Set(known)
      if (isOpen) next.delete(node.path)
      else next.add(node.path)
      return next
    })
  const use = (row: TreeRow) => (row.node.entry ? onOpen(row.node.entry.id) : toggle(row))
  const go = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to))
    const box = ref.current
    if (box) {
      const top = next * rowHeight
      if (top < box.scrollTop) box.scrollTop = top
      else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight
    }
    shouldFocus.current = true
    setActive(next)
  }
  const press = (event: KeyboardEvent, i: number) => {
    const row = rows[i]
    if (!row) return
    const parent = () => rows.slice(0, i).findLastIndex(({ depth }) => depth < row.depth)
    const actions: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(i + 1),
      ArrowUp: () => go(i - 1),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      ArrowRight: () => (row.node.entry ? undefined : row.isOpen ? go(i + 1) : toggle(row)),
      ArrowLeft: () => (row.isOpen && !isSearching ? toggle(row) : parent() >= 0 && go(parent())),
    }
    const action = actions[event.key]
    if (!action) return
    event.preventDefault()
    action()
  }
  const tabStop = Math.min(active, Math.max(0, rows.length - 1))
  return (
    <div ref={ref} className={classes.tree} role="tree" aria-label="Models">
      <div style={{ height: above }} aria-hidden />
      {rows.slice(from, to).map((row, offset) => {
        const i = from + offset
        const { node, depth, isOpen } = row
        const { entry } = node
        return (
          <button
            key={node.path}
            type="button"
            role="treeitem"
            data-row={i}
            data-here={entry !== undefined && entry.id === here ? true : undefined}
            aria-level={depth + 1}
            aria-expanded={entry ? undefined : isOpen}
            aria-selected={entry !== undefined && entry.id === here}
            tabIndex={i === tabStop ? 0 : -1}
            className={classes.row}
            style={{ paddingLeft: 8 + depth * indent }}
            title={entry ? `${entry.type} ${entry.name}${entry.about ? `: ${entry.about}` : ''}` : node.label}
            onClick={() => {
              setActive(i)
              use(row)
            }}
            onKeyDown={(event) => press(event, i)}
          >
            {entry ? (
              <TypeIcon type={entry.type} materialized={entry.materialized} />
            ) : isOpen ? (
              <IconChevronDown size={14} aria-hidden />
            ) : (
              <IconChevronRight size={14} aria-hidden />
            )}
            <span className={classes.label}>{node.label}</span>
            {!entry && <span className={classes.count}>{count(node.count)}</span>}
          </button>
        )
      })}
      <div style={{ height: below }} aria-hidden />
    </div>
  )
}

const icons: Readonly<Record<string, typeof IconCode>> = {
  macro: IconFunction,
  doc: IconFileText,
  group: IconUsersGroup,
  analysis: IconCode,
}

/** The kind of a resource as a picture; its word stands in the title. */
export function TypeIcon({ type, materialized }: { type: string; materialized?: string | undefined }) {
  const Icon = icons[type]
  if (Icon) return <Icon size={15} stroke={1.7} aria-hidden style={{ flexShrink: 0 }} />
  return <KindIcon kinds={type === 'model' ? ['model', materialized ?? 'view'] : [type]} size={15} />
}
