import { closeCompletion, selectedCompletion } from '@codemirror/autocomplete'
import { PostgreSQL, type SQLNamespace, sql } from '@codemirror/lang-sql'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState, Prec, type Text as TextOfEditor } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { basicSetup } from 'codemirror'
import { useEffect, useRef } from 'react'
import { jinjaMarks } from './jinja-marks.js'
import { indentedWraps } from './wrapped-lines.js'
import { yaml } from './yaml-language.js'

export interface CodeProblem {
  readonly message: string
  /** From 1. */
  readonly line: number
  readonly column?: number | undefined
  /** An error where it is left out. */
  readonly severity?: 'error' | 'warning' | undefined
}

export interface CodeEditorProps {
  readonly label: string
  readonly value: string
  /** Plain text without it. */
  readonly language?: 'sql' | 'yaml' | undefined
  /** Without it the code can only be read. */
  readonly onChange?: (text: string) => void
  /** Ctrl-Enter, with the selected part where there is one. */
  readonly onRun?: (text: string) => void
  /** Schemas, tables and columns that completion offers. */
  readonly schema?: SQLNamespace | undefined
  readonly problems?: readonly CodeProblem[] | undefined
  /** Where the cursor is put, each time that another object is handed over. */
  readonly goTo?: Pick<CodeProblem, 'line' | 'column'> | undefined
  readonly minHeight?: number
  readonly maxHeight?: string
}

/** A CodeMirror with the page's own colours. Loaded by the pages that need it, not with the first one. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, value, onChange, schema, problems, goTo, minHeight = 0, maxHeight = '60vh' } = props
  const isSql = props.language === 'sql'
  const box = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const language = useRef(new Compartment())
  const latest = useRef(props)
  latest.current = props
  const isReadOnly = onChange === undefined

  // biome-ignore lint/correctness/useExhaustiveDependencies: what changes later is handed over by the effects below
  useEffect(() => {
    const editor = new EditorView({
      parent: box.current as HTMLElement,
      state: EditorState.create({
        doc: value,
        extensions: [
          Prec.highest(
            keymap.of([
              {
                key: 'Mod-Enter',
                run: ({ state }) => {
                  const { from, to } = state.selection.main
                  latest.current.onRun?.(state.sliceDoc(from === to ? 0 : from, from === to ? state.doc.length : to))
                  return true
                },
              },
              { key: 'Enter', run: endWord },
            ]),
          ),
          basicSetup,
          syntaxHighlighting(colours),
          look(minHeight, maxHeight),
          language.current.of(isSql ? sql({ dialect: PostgreSQL }) : props.language === 'yaml' ? yaml : []),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorState.readOnly.of(isReadOnly),
          EditorView.editable.of(!isReadOnly),
          EditorView.lineWrapping,
          ...(props.language === 'yaml' || (isSql && isReadOnly) ? jinjaMarks : []),
          ...(props.language === 'yaml' ? [indentedWraps] : []),
          ...(props.language === 'yaml' && !isReadOnly ? [lintGutter()] : []),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
  }, [])

  useEffect(() => {
    const editor = view.current
    if (editor && editor.state.doc.toString() !== value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])

  useEffect(() => {
    if (isSql && schema)
      view.current?.dispatch({
        effects: language.current.reconfigure(sql({ dialect: PostgreSQL, schema, defaultSchema: 'main' })),
      })
  }, [isSql, schema])

  useEffect(() => {
    const editor = view.current
    if (editor) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state.doc, problems ?? [])))
  }, [problems])

  useEffect(() => {
    const editor = view.current
    if (!editor || !goTo) return
    const at = positionOf(editor.state.doc, goTo)
    editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
    editor.focus()
  }, [goTo])

  return <div ref={box} />
}

const positionOf = (doc: TextOfEditor, { line, column = 1 }: Pick<CodeProblem, 'line' | 'column'>): number => {
  const { from, to } = doc.line(Math.min(Math.max(1, line), doc.lines))
  return Math.min(to, from + Math.max(0, column - 1))
}

/** A problem of a line that is gone meanwhile is shown nowhere. */
const diagnosticsOf = (doc: TextOfEditor, problems: readonly CodeProblem[]): Diagnostic[] =>
  problems
    .filter(({ line }) => line <= doc.lines)
    .map((problem) => {
      const from = positionOf(doc, problem)
      const line = doc.lineAt(from)
      const to = Math.max(from, wordEnd(line.text, from - line.from) + line.from)
      return { from, to: Math.min(to, doc.length), severity: problem.severity ?? 'error', message: problem.message }
    })

/** What is typed out already needs no completing: Enter makes a new line then. */
function endWord(view: EditorView): boolean {
  const { state } = view
  const label = selectedCompletion(state)?.label
  const { head } = state.selection.main
  if (
    label !== undefined &&
    state.sliceDoc(Math.max(0, head - label.length), head).toLowerCase() === label.toLowerCase()
  )
    closeCompletion(view)
  return false
}

function wordEnd(text: string, from: number): number {
  const [word = ''] = /^[\w".]+/.exec(text.slice(from)) ?? []
  return from + Math.max(1, word.length)
}

const look = (minHeight: number, maxHeight: string) =>
  EditorView.theme({
    '&': {
      fontSize: '12.5px',
      color: 'var(--ink)',
      background: 'var(--panel)',
      border: '1px solid var(--line)',
      borderRadius: '6px',
      maxHeight,
      overflow: 'hidden',
    },
    '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
    '.cm-scroller': {
      fontFamily: 'var(--mantine-font-family-monospace)',
      // `>=` is what one types, not a sign of its own.
      fontVariantLigatures: 'none',
      lineHeight: '20px',
      minHeight: `${minHeight}px`,
    },
    '.cm-content': { caretColor: 'var(--ink)' },
    '.cm-cursor': { borderLeftColor: 'var(--ink)' },
    '.cm-gutters': { background: 'var(--sunken)', color: 'var(--ink-soft)', border: 'none' },
    '.cm-activeLine, .cm-activeLineGutter': { background: 'transparent' },
    '&.cm-focused .cm-activeLineGutter': { background: 'var(--panel-hover)' },
    '& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
      background: 'var(--accent-ground)',
    },
    '.cm-tooltip': { background: 'var(--panel)', color: 'var(--ink)', border: '1px solid var(--line-strong)' },
    '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent-ground)', color: 'var(--ink)' },
    '.cm-panels': { background: 'var(--panel)', color: 'var(--ink)' },
    '.cm-searchMatch, .cm-selectionMatch': { background: 'var(--accent-ground)' },
    '.cm-matchingBracket': { background: 'var(--accent-ground)', outline: 'none' },
    '.cm-foldPlaceholder': { background: 'var(--sunken)', border: 'none', color: 'var(--ink-soft)' },
  })

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--status-good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--status-warn)' },
  { tag: [tags.comment], color: 'var(--ink-soft)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--status-run)' },
  { tag: [tags.propertyName], color: 'var(--accent)' },
])
