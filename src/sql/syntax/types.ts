import type { TokenStream } from './token-stream.js'

const secondWords: Readonly<Record<string, readonly string[]>> = {
  double: ['precision'],
  character: ['varying'],
  char: ['varying'],
  bit: ['varying'],
  national: ['character', 'char', 'varying'],
}

/** Passes over the name of a type: `decimal(10, 2)`, `timestamp with time zone`, `struct(a int)[]`. */
export function skipType(tokens: TokenStream): void {
  const first = tokens.name()
  for (let words = secondWords[first.value]; words && tokens.is(...words); ) tokens.next()
  while (tokens.take('.')) tokens.name()
  if (first.value === 'interval') skipUnits(tokens)
  if (tokens.take('(')) tokens.skipToClosing()
  if (tokens.is('with', 'without') && tokens.isAhead(1, 'time')) {
    tokens.next()
    tokens.next()
    tokens.expect('zone')
  }
  for (;;) {
    if (tokens.take('array')) continue
    if (!tokens.is('[') || !(tokens.isAhead(1, ']') || tokens.isAhead(2, ']'))) return
    while (!tokens.take(']')) tokens.next()
  }
}

const units =
  /^(?:(?:milli|micro)?seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|decades?|century|centuries|millenni(?:um|a))$/

/** What may stand behind an interval: `day`, `year to month`. */
export function skipUnits(tokens: TokenStream): void {
  const isUnit = () => tokens.peek().kind === 'name' && units.test(tokens.peek().value)
  if (!isUnit()) return
  tokens.next()
  if (tokens.take('to') && isUnit()) tokens.next()
}
