import { foldService, indentService, StreamLanguage, type StringStream } from '@codemirror/language'

interface YamlState {
  /** Of the line whose `|` or `>` begins a text: what is further in belongs to it. */
  textBelow: number | undefined
}

const indentOf = (line: string) => line.length - line.trimStart().length
const key = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#,[\]{}"'&*!|>%@`:][^#,[\]{}:]*?)\s*(?=:(?:\s|$))/
const number = /^[-+]?(?:\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)(?=[\s,\]}]|$)/
const word = /^(?:true|false|null|~)(?=[\s,\]}]|$)/i

function tokenOf(stream: StringStream, state: YamlState): string | null {
  if (stream.sol() && state.textBelow !== undefined) {
    if (stream.string.trim() !== '' && indentOf(stream.string) <= state.textBelow) state.textBelow = undefined
    else {
      stream.skipToEnd()
      return 'string'
    }
  }
  if (stream.eatSpace()) return null
  const isAfterSpace = stream.pos === 0 || /\s/.test(stream.string.charAt(stream.pos - 1))
  if (isAfterSpace && stream.peek() === '#') {
    stream.skipToEnd()
    return 'comment'
  }
  if (isAfterSpace && stream.match(/^[|>][-+\d]*\s*$/)) {
    state.textBelow = indentOf(stream.string)
    return 'keyword'
  }
  if (stream.match(key)) return 'propertyName'
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^']|'')*'?/)) return 'string'
  if (stream.match(number)) return 'number'
  if (stream.match(word)) return 'bool'
  if (stream.match(/^[&*][^\s,[\]{}]+/)) return 'typeName'
  if (stream.match(/^[-:?,[\]{}](?=\s|$)/) || stream.match(/^[,[\]{}]/)) return null
  stream.match(/^[^\s,[\]{}#]+/) || stream.next()
  return null
}

const language = StreamLanguage.define<YamlState>({
  name: 'yaml',
  startState: () => ({ textBelow: undefined }),
  token: tokenOf,
  languageData: { commentTokens: { line: '#' } },
})

/** What stands further in than a line folds into it. */
const folds = foldService.of((state, start) => {
  const head = state.doc.lineAt(start)
  if (head.text.trim() === '') return null
  let last = head
  for (let number = head.number + 1; number <= state.doc.lines; number++) {
    const line = state.doc.line(number)
    if (line.text.trim() === '') continue
    if (indentOf(line.text) <= indentOf(head.text)) break
    last = line
  }
  return last === head ? null : { from: head.to, to: last.to }
})

/** A new line begins below the one before; further in after a key without a value. */
const indents = indentService.of((context, position) => {
  const { text } = context.state.doc.lineAt(Math.max(0, position - 1))
  const list = /^\s*(?:- +)*/.exec(text)?.[0].length ?? 0
  return /:\s*$/.test(text) ? list + 2 : /^\s*- +[^#]*:\s/.test(text) ? list : indentOf(text)
})

/** YAML as far as colours, folds and new lines need it: what is right is told by the server. */
export const yaml = [language, folds, indents]
