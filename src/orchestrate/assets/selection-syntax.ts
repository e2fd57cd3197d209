import { orchestrateErrors } from '../errors.js'

/** A selection as it is meant. */
export type SelectionTree =
  /** `2+key:x+1` */
  | { readonly type: 'term'; readonly text: string }
  | { readonly type: 'or' | 'and' | 'without'; readonly left: SelectionTree; readonly right: SelectionTree }
  | { readonly type: 'not' | 'roots' | 'sinks'; readonly of: SelectionTree }
  /** `2+( … )+1`: with what lies so many steps upstream and downstream. */
  | { readonly type: 'reach'; readonly of: SelectionTree; readonly up: number; readonly down: number }

type Token =
  | { readonly type: 'term'; readonly text: string; readonly at: number }
  | { readonly type: 'open'; readonly up: number; readonly word: 'roots' | 'sinks' | undefined; readonly at: number }
  | { readonly type: 'close'; readonly down: number; readonly at: number }
  | { readonly type: 'or' | 'and' | 'not' | ',' | 'end'; readonly at: number }

/** What stands in front of a parenthesis that is one; in any other place it belongs to a name. */
const opening = /^(?:(\d*)(\+))?(roots|sinks)?$/

const words = new Map([
  ['or', 'or'],
  ['OR', 'or'],
  ['and', 'and'],
  ['AND', 'and'],
  ['not', 'not'],
  ['NOT', 'not'],
] as const)

const depthOf = (digits: string | undefined) => (digits ? Number(digits) : Number.POSITIVE_INFINITY)

/**
 * Reads a selection. `not` binds strongest, then a comma, `and`, and at last `or`, a blank (which is `or`), and a `not` between two
 * parts, which takes the second away from all before it.
 * @throws SELECTION_INVALID
 */
export function parseSelection(selection: string): SelectionTree {
  const tokens = new Tokens(tokenize(selection))
  if (tokens.next.type === 'end')
    throw orchestrateErrors.create('SELECTION_INVALID', {
      message: 'The selection is empty.',
      hint: 'Use * for every asset.',
    })
  const tree = alternatives()
  const { next } = tokens
  if (next.type !== 'end') throw invalid(selection, `nothing opens the \`)\` at character ${next.at + 1}`)
  return tree

  function alternatives(): SelectionTree {
    let left = narrowed('and', negation)
    for (;;) {
      const { type } = tokens.next
      if (type === 'end' || type === 'close') return left
      if (type === 'or' || type === 'not') tokens.take()
      left = { type: type === 'not' ? 'without' : 'or', left, right: narrowed('and', negation) }
    }
  }

  /** Parts of which each narrows the ones before it. */
  function narrowed(by: 'and' | ',', part: () => SelectionTree): SelectionTree {
    let left = part()
    while (tokens.next.type === by) {
      tokens.take()
      left = { type: 'and', left, right: part() }
    }
    return left
  }

  function negation(): SelectionTree {
    let isNegated = false
    for (; tokens.next.type === 'not'; tokens.take()) isNegated = !isNegated
    const of = narrowed(',', primary)
    return isNegated ? { type: 'not', of } : of
  }

  function primary(): SelectionTree {
    const token = tokens.take()
    if (token.type === 'term') return token
    if (token.type !== 'open') throw invalid(selection, missing(token))
    const inner = alternatives()
    const close = tokens.take()
    if (close.type !== 'close') throw invalid(selection, `the \`(\` at character ${token.at + 1} is never closed`)
    const of: SelectionTree = token.word ? { type: token.word, of: inner } : inner
    return token.up + close.down === 0 ? of : { type: 'reach', of, up: token.up, down: close.down }
  }
}

/** A million parentheses are no selection, but must not end the process either. */
const mostOpen = 200

class Tokens {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get next(): Token {
    return this.#tokens[this.#at] as Token
  }

  take(): Token {
    const token = this.next
    if (token.type !== 'end') this.#at++
    return token
  }
}

function missing({ type, at }: Token): string {
  if (type === 'end') return 'something is missing at its end'
  const written = type === 'close' ? ')' : type
  return `something is missing before the \`${written}\` at character ${at + 1}`
}

const invalid = (selection: string, why: string) =>
  orchestrateErrors.create('SELECTION_INVALID', {
    message: `The selection \`${selection.length > 200 ? `${selection.slice(0, 200)}…` : selection}\` cannot be read: ${why}.`,
    hint: 'Names with blanks, commas or parentheses, and those that are called `or`, `and` or `not`, stand in double quotes.',
  })

/** One pass: a selection may name ten thousand assets. */
function tokenize(selection: string): Token[] {
  const tokens: Token[] = []
  let text = ''
  let from = 0
  let isQuoted = false
  let quotedFrom = 0
  /** Parentheses that belong to the name that is being read. */
  let ownOpen = 0
  let open = 0
  const flush = () => {
    if (text === '') return
    const word = words.get(text as 'or')
    tokens.push(word ? { type: word, at: from } : { type: 'term', text, at: from })
    text = ''
    ownOpen = 0
  }
  for (let at = 0; at < selection.length; at++) {
    const letter = selection[at] as string
    if (text === '') from = at
    if (letter === '"') {
      isQuoted = !isQuoted
      quotedFrom = at
    }
    const opened = letter === '(' ? opening.exec(text) : null
    if (isQuoted || letter === '"') text += letter
    else if (opened) {
      const [, up, hasUp, word] = opened
      if (++open > mostOpen) throw invalid(selection, `more than ${mostOpen} parentheses are open`)
      tokens.push({ type: 'open', up: hasUp ? depthOf(up) : 0, word: word as 'roots' | undefined, at })
      text = ''
    } else if (letter === ')' && ownOpen === 0) {
      flush()
      open--
      const [found = '', plus, digits] = /^(\+)?(\d*)/.exec(selection.slice(at + 1, at + 12)) ?? []
      tokens.push({ type: 'close', down: plus ? depthOf(digits) : 0, at })
      if (plus) at += found.length
    } else if (letter === ',') {
      flush()
      tokens.push({ type: ',', at })
    } else if (/\s/.test(letter)) flush()
    else {
      if (letter === '(') ownOpen++
      if (letter === ')') ownOpen--
      text += letter
    }
  }
  if (isQuoted) throw invalid(selection, `the quote at character ${quotedFrom + 1} is never closed`)
  flush()
  return [...tokens, { type: 'end', at: selection.length }]
}
