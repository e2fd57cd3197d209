import { type Token, TokenReader } from './sql-tokens.js'

/** What a statement does to the columns of a table whose rows stay what they are. */
export type ColumnStep =
  | { readonly type: 'dropped'; readonly name: string; readonly isOptional: boolean }
  | {
      readonly type: 'added'
      readonly name: string
      /** The name of the column in front of it; '' = it is the first one, undefined = the last one. */
      readonly after: string | undefined
      readonly isOptional: boolean
    }

/** What a statement does to a table. */
export type TableChange =
  | { readonly type: 'truncated' }
  | { readonly type: 'columns'; readonly steps: readonly ColumnStep[] }
  /** The log does not tell what became of its rows. */
  | { readonly type: 'untold'; readonly why: string }

/** Rows may have got values that the log does not have. */
const valueWords = new Set('default not generated as auto_increment serial timestamp'.split(' '))
const indexWords = new Set('index key unique fulltext spatial constraint foreign check partition'.split(' '))
/** What changes neither rows nor columns. */
const harmless = new Set(
  `engine auto_increment comment algorithm lock row_format key_block_size stats_persistent stats_auto_recalc stats_sample_pages enable disable force
   avg_row_length checksum max_rows min_rows pack_keys delay_key_write data connection insert_method tablespace compression encryption encrypted
   encryption_key_id page_checksum page_compressed page_compression_level transactional default character charset collate analyze check optimize repair
   rebuild reorganize coalesce partition remove order with without secondary_engine secondary_load secondary_unload autoextend_size nowait wait`.split(
    /\s+/,
  ),
)

/** What the parts of an `alter table` do together. */
export function alterations(parts: readonly (readonly Token[])[]): TableChange {
  const steps: ColumnStep[] = []
  for (const part of parts) {
    const step = alteration(part)
    if (step === 'untold') return { type: 'untold', why: `it was changed by \`${shown(part)}\`` }
    if (step) steps.push(step)
  }
  return { type: 'columns', steps }
}

const shown = (part: readonly Token[]): string => {
  const text = part.map((token) => token.text).join(' ')
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

function alteration(part: readonly Token[]): ColumnStep | 'untold' | undefined {
  const tokens = new TokenReader(part)
  // Rows are told apart by their primary key.
  if (part.some(({ kind, text }) => kind === 'word' && text.toLowerCase() === 'primary')) return 'untold'
  if (tokens.skip('add')) return addition(tokens, part)
  if (tokens.skip('drop')) return removal(tokens)
  if (tokens.skip('rename')) return tokens.word === 'index' || tokens.word === 'key' ? undefined : 'untold'
  // A default is for rows that come later.
  if (tokens.skip('alter')) return undefined
  const { word } = tokens
  return part.length === 0 || (word !== undefined && harmless.has(word)) ? undefined : 'untold'
}

function addition(tokens: TokenReader, part: readonly Token[]): ColumnStep | 'untold' | undefined {
  const isColumn = tokens.skip('column')
  const isOptional = tokens.skip('if', 'not', 'exists')
  const { word } = tokens
  if (!isColumn && word !== undefined && indexWords.has(word)) return undefined
  const name = tokens.take()
  if (!name || name.kind === 'sign' || name.kind === 'text') return 'untold'
  const at = part.indexOf(name)
  const rest = part.slice(at + 1)
  const words = rest.map((token) => (token.kind === 'word' ? token.text.toLowerCase() : ''))
  if (words.some((one) => valueWords.has(one)) || (!isColumn && ['period', 'system'].includes(word ?? '')))
    return 'untold'
  const front = words.lastIndexOf('after')
  const after = words.at(-1) === 'first' ? '' : front >= 0 ? rest[front + 1]?.text : undefined
  return { type: 'added', name: name.text, after, isOptional }
}

function removal(tokens: TokenReader): ColumnStep | 'untold' | undefined {
  const isColumn = tokens.skip('column')
  if (!isColumn && (tokens.word === 'partition' || tokens.word === 'system' || tokens.word === 'period'))
    return 'untold'
  if (!isColumn && tokens.word !== undefined && indexWords.has(tokens.word)) return undefined
  const isOptional = tokens.skip('if', 'exists')
  const name = tokens.take()
  return name && name.kind !== 'sign' ? { type: 'dropped', name: name.text, isOptional } : 'untold'
}
