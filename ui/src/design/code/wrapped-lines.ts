import type { Range } from '@codemirror/state'
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'

/** As far as CodeMirror itself puts a line from the edge. */
const linePadding = '6px'
/** What lies deeper would have no room left on a telephone. */
const deepest = 24

/** What has no room on a line goes on below its first word, not at the edge: in YAML the place says to what it belongs. */
export const indentedWraps = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet
    constructor(view: EditorView) {
      this.decorations = indents(view)
    }
    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged) this.decorations = indents(update.view)
    }
  },
  { decorations: (plugin) => plugin.decorations },
)

function indents({ state, visibleRanges }: EditorView): DecorationSet {
  const found: Range<Decoration>[] = []
  for (const { from, to } of visibleRanges)
    for (let at = from; at <= to; ) {
      const line = state.doc.lineAt(at)
      const width = Math.min(/^ *(?:- +)*/.exec(line.text)?.[0].length ?? 0, deepest)
      if (width > 0) found.push(indentedBy(width).range(line.from))
      at = line.to + 1
    }
  return Decoration.set(found)
}

const indentedBy = (width: number) =>
  Decoration.line({
    attributes: { style: `padding-left: calc(${width}ch + ${linePadding}); text-indent: -${width}ch` },
  })
