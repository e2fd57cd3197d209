import { sqlTokens, TokenReader } from './sql-tokens.js'
import { alterations, type TableChange } from './table-changes.js'

/** What a statement of the log says. */
export type Statement =
  | { readonly type: 'begin' | 'commit' | 'rollback' | 'partial_rollback' | 'other' }
  | { readonly type: 'xa_end'; readonly xid: string; readonly isCommit: boolean }
  | { readonly type: 'tables'; readonly changes: readonly NamedChange[] }
  /** Rows were written by a statement, which stands there instead of the rows. */
  | { readonly type: 'unlogged_rows'; readonly names: ReadonlySet<string> }

export interface NamedChange {
  readonly schema: string
  /** Undefined: of all tables of the schema. */
  readonly table: string | undefined
  readonly change: TableChange
}

const other: Statement = { type: 'other' }
const rowWords = new Set(['insert', 'update', 'delete', 'replace', 'load', 'with'])

/** @param schema whose names stand without one */
export function readStatement(sql: string, schema: string): Statement {
  if (sql === 'BEGIN') return { type: 'begin' }
  if (sql === 'COMMIT') return { type: 'commit' }
  const all = sqlTokens(sql)
  const tokens = new TokenReader(all)
  // MariaDB's: settings for one statement, which follows.
  if (tokens.skip('set', 'statement'))
    for (let one = tokens.take(); one && one.text.toLowerCase() !== 'for'; one = tokens.take());
  const word = tokens.word ?? ''
  if (rowWords.has(word)) return { type: 'unlogged_rows', names: new Set(all.map(({ text }) => text.toLowerCase())) }
  if (tokens.skip('begin')) return { type: 'begin' }
  if (tokens.skip('commit')) return { type: 'commit' }
  if (tokens.skip('rollback')) return { type: tokens.word === undefined ? 'rollback' : 'partial_rollback' }
  if (tokens.skip('xa')) return tokens.word === 'start' || tokens.word === 'begin' ? { type: 'begin' } : xaEnd(tokens)
  const changes = tableChanges(tokens, schema)
  return changes.length === 0 ? other : { type: 'tables', changes }
}

/** `XA COMMIT X'67',X'62',1` */
function xaEnd(tokens: TokenReader): Statement {
  const isCommit = tokens.skip('commit')
  if (!isCommit && !tokens.skip('rollback')) return other
  const [global = '', branch = ''] = tokens.parts().map((part) => part.find(({ kind }) => kind === 'text')?.text ?? '')
  return { type: 'xa_end', xid: `${global},${branch}`.toLowerCase(), isCommit }
}

function tableChanges(tokens: TokenReader, schema: string): NamedChange[] {
  const untold = (name: Name, why: string): NamedChange => ({ ...name, change: { type: 'untold', why } })
  if (tokens.skip('truncate')) {
    tokens.skip('table')
    return [{ ...readName(tokens, schema), change: { type: 'truncated' } }]
  }
  if (tokens.skip('alter')) return altered(tokens, schema)
  if (tokens.skip('rename')) {
    if (!tokens.skip('table') && !tokens.skip('tables')) return []
    tokens.skip('if', 'exists')
    return tokens.parts().flatMap((part) => {
      const names = new TokenReader(part)
      const from = readName(names, schema)
      skipWaiting(names)
      names.skip('to')
      const to = readName(names, schema)
      return [untold(from, `it is called \`${to.table}\` now`), untold(to, `it was called \`${from.table}\` before`)]
    })
  }
  if (tokens.skip('drop')) {
    if (tokens.skip('database') || tokens.skip('schema')) {
      tokens.skip('if', 'exists')
      const { table: dropped = '' } = readName(tokens, schema)
      return [{ schema: dropped, table: undefined, change: { type: 'untold', why: 'its database was dropped' } }]
    }
    if (!tokens.skip('table') && !tokens.skip('tables')) return []
    tokens.skip('if', 'exists')
    return tokens.parts().map((part) => untold(readName(new TokenReader(part), schema), 'it was dropped'))
  }
  if (tokens.skip('create')) {
    tokens.skip('or', 'replace')
    // Where there is one already, nothing happens.
    if (!tokens.skip('table') || tokens.skip('if', 'not', 'exists')) return []
    return [untold(readName(tokens, schema), 'it was made anew')]
  }
  return []
}

function altered(tokens: TokenReader, schema: string): NamedChange[] {
  while (tokens.skip('online') || tokens.skip('ignore'));
  if (!tokens.skip('table')) return []
  tokens.skip('if', 'exists')
  const name = readName(tokens, schema)
  skipWaiting(tokens)
  const parts = tokens.parts()
  const renamed = parts.flatMap((part): NamedChange[] => {
    const words = new TokenReader(part)
    if (!words.skip('rename') || words.word === 'index' || words.word === 'key' || words.word === 'column') return []
    if (!words.skip('to')) words.skip('as')
    const change: TableChange = { type: 'untold', why: `it was called \`${name.table}\` before` }
    return [{ ...readName(words, schema), change }]
  })
  return [{ ...name, change: alterations(parts) }, ...renamed]
}

function skipWaiting(tokens: TokenReader): void {
  if (tokens.skip('nowait')) return
  if (tokens.skip('wait')) tokens.take()
}

interface Name {
  readonly schema: string
  readonly table: string | undefined
}

function readName(tokens: TokenReader, schema: string): Name {
  const first = tokens.take()?.text
  return tokens.sign('.') ? { schema: first ?? '', table: tokens.take()?.text } : { schema, table: first }
}
