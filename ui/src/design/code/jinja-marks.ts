import {
  Decoration,
  type DecorationSet,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view'

const marks = {
  expression: Decoration.mark({ class: 'cm-jinja' }),
  comment: Decoration.mark({ class: 'cm-jinja-comment' }),
}

/** Templates in SQL, told apart from it: `{{ … }}`, `{% … %}` and comments. */
const matcher = new MatchDecorator({
  regexp: /\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}/g,
  decoration: ([text]) => (text.startsWith('{#') ? marks.comment : marks.expression),
})

export const jinjaMarks = [
  ViewPlugin.fromClass(
    class {
      marks: DecorationSet
      constructor(view: EditorView) {
        this.marks = matcher.createDeco(view)
      }
      update(update: ViewUpdate) {
        this.marks = matcher.updateDeco(update, this.marks)
      }
    },
    { decorations: (plugin) => plugin.marks },
  ),
  EditorView.baseTheme({
    '.cm-jinja, .cm-jinja *': { color: 'var(--status-run) !important', fontWeight: '500' },
    '.cm-jinja-comment, .cm-jinja-comment *': { color: 'var(--ink-soft) !important', fontStyle: 'italic' },
  }),
]
