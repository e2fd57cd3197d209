import { closeCompletion, selectedCompletion } from '@codemirror/autocomplete'
import { PostgreSQL, type SQLNamespace, sql } from '@codemirror/lang-sql'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { basicSetup } from 'codemirror'
import { useEffect, useRef } from 'react'
import { jinjaMarks } from './jinja-marks.js'

export interface CodeProblem {
  readonly message: string
  /** From 1. */
  readonly line: number
  readonly column?: number | undefined
}

export interface CodeEditorProps {
  readonly label: string
  readonly value: string
  readonly isSql: boolean
  /** Without it the code can only be read. */
  readonly onChange?: (text: string) => void
  /** Ctrl-Enter, with the selected part where there is one. */
  readonly onRun?: (text: string) => void
  /** Schemas, tables and columns that completion offers. */
  readonly schema?: SQLNamespace | undefined
  readonly problem?: CodeProblem | undefined
  readonly minHeight?: number
  readonly maxHeight?: string
}

/** A CodeMirror with the page's own colours. Loaded by the pages that need it, not with the first one. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, value, isSql, onChange, schema, problem, minHeight = 0, maxHeight = '60vh' } = props
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
          language.current.of(isSql ? sql({ dialect: PostgreSQL }) : []),
          EditorView.contentAttributes.of({ 'aria-label': label, ...(isReadOnly ? { tabindex: '0' } : {}) }),
          EditorState.readOnly.of(isReadOnly),
          EditorView.editable.of(!isReadOnly),
          EditorView.lineWrapping,
          ...(isSql && isReadOnly ? jinjaMarks : []),
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
    if (!editor) return
    const { doc } = editor.state
    const line = problem && problem.line <= doc.lines ? doc.line(Math.max(1, problem.line)) : undefined
    const from = line ? Math.min(line.to, line.from + Math.max(0, (problem?.column ?? 1) - 1)) : 0
    editor.dispatch(
      setDiagnostics(
        editor.state,
        line && problem
          ? [
              {
                from,
                to: Math.max(from, wordEnd(line.text, from - line.from) + line.from),
                severity: 'error',
                message: problem.message,
              },
            ]
          : [],
      ),
    )
  }, [problem])

  return <div ref={box} />
}

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
])
