export type TokenType =
  | 'data'
  | 'variable_begin'
  | 'variable_end'
  | 'block_begin'
  | 'block_end'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'eof'

export interface Token {
  readonly type: TokenType
  /** Text of data, names and operators; the decoded value of strings; the digits of numbers. */
  readonly value: string
  /** 1-based place in the template. */
  readonly line: number
  readonly column: number
  /** Offsets into the source, end exclusive. */
  readonly start: number
  readonly end: number
}
