/** Every node knows its line (1-based, in the template). */
export type Expression =
  | {
      readonly type: 'literal'
      readonly value: string | number | bigint | boolean | null
      readonly isFloat?: boolean
      readonly line: number
    }
  | { readonly type: 'name'; readonly name: string; readonly line: number }
  | { readonly type: 'list' | 'tuple'; readonly items: readonly Expression[]; readonly line: number }
  | { readonly type: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[]; readonly line: number }
  | { readonly type: 'attribute'; readonly object: Expression; readonly name: string; readonly line: number }
  | { readonly type: 'item'; readonly object: Expression; readonly key: Expression; readonly line: number }
  | {
      readonly type: 'slice'
      readonly start: Expression | null
      readonly stop: Expression | null
      readonly step: Expression | null
      readonly line: number
    }
  | { readonly type: 'call'; readonly callee: Expression; readonly args: Arguments; readonly line: number }
  | {
      readonly type: 'filter'
      readonly name: string
      readonly input: Expression
      readonly args: Arguments
      readonly line: number
    }
  | {
      readonly type: 'test'
      readonly name: string
      readonly input: Expression
      readonly args: Arguments
      readonly isNegated: boolean
      readonly line: number
    }
  | {
      readonly type: 'unary'
      readonly operator: '-' | '+' | 'not'
      readonly operand: Expression
      readonly line: number
    }
  | {
      readonly type: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
      readonly line: number
    }
  | { readonly type: 'concat'; readonly parts: readonly Expression[]; readonly line: number }
  | {
      readonly type: 'logic'
      readonly operator: 'and' | 'or'
      readonly left: Expression
      readonly right: Expression
      readonly line: number
    }
  | {
      readonly type: 'compare'
      readonly first: Expression
      readonly rest: readonly { readonly operator: CompareOperator; readonly operand: Expression }[]
      readonly line: number
    }
  | {
      readonly type: 'condition'
      readonly test: Expression
      readonly value: Expression
      readonly otherwise: Expression | null
      readonly line: number
    }

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**'
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

export interface Arguments {
  readonly positional: readonly Expression[]
  readonly named: readonly { readonly name: string; readonly value: Expression }[]
  readonly spread: Expression | null
  readonly spreadNamed: Expression | null
}

/** What can be assigned: a name, a namespace attribute, or a tuple of those. */
export type Target =
  | { readonly type: 'name'; readonly name: string; readonly line: number }
  | { readonly type: 'namespace'; readonly name: string; readonly attribute: string; readonly line: number }
  | { readonly type: 'tuple'; readonly items: readonly Target[]; readonly line: number }

export interface Parameter {
  readonly name: string
  readonly fallback: Expression | null
}

export interface MacroNode {
  readonly type: 'macro'
  readonly name: string
  /** Where the rest of its template finds it, and the host after that: `JinjaOptions.macroVariable`. */
  readonly variable: string
  readonly parameters: readonly Parameter[]
  readonly body: readonly Statement[]
  readonly line: number
}

export type Statement =
  | { readonly type: 'data'; readonly text: string; readonly line: number }
  | { readonly type: 'output'; readonly value: Expression; readonly line: number }
  | { readonly type: 'set'; readonly target: Target; readonly value: Expression; readonly line: number }
  | {
      readonly type: 'set_block'
      readonly target: Target
      readonly filter: Expression | null
      readonly body: readonly Statement[]
      readonly line: number
    }
  | {
      readonly type: 'if'
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[]
      readonly otherwise: readonly Statement[]
      readonly line: number
    }
  | {
      readonly type: 'for'
      readonly target: Target
      readonly iterable: Expression
      readonly filter: Expression | null
      readonly isRecursive: boolean
      /** Whether the body asks for `loop`. */
      readonly usesLoop: boolean
      readonly body: readonly Statement[]
      readonly otherwise: readonly Statement[]
      readonly line: number
    }
  | { readonly type: 'break' | 'continue'; readonly line: number }
  | MacroNode
  | {
      readonly type: 'call_block'
      readonly call: Expression
      readonly parameters: readonly Parameter[]
      readonly body: readonly Statement[]
      readonly line: number
    }
  | {
      readonly type: 'filter_block'
      readonly filter: Expression
      readonly body: readonly Statement[]
      readonly line: number
    }
  | { readonly type: 'do'; readonly value: Expression; readonly line: number }
  | {
      readonly type: 'with'
      readonly assignments: readonly { readonly target: Target; readonly value: Expression }[]
      readonly body: readonly Statement[]
      readonly line: number
    }
  | { readonly type: 'scope'; readonly body: readonly Statement[]; readonly line: number }

/** A call of a name, or of a member of it: `cents(1)`, `dbt.date_trunc(…)`. */
export interface NamedCall {
  readonly name: string
  readonly member: string | undefined
  readonly args: Arguments
  readonly line: number
}

/** What a template uses by name: calls in the order of its text. */
export interface UsedNames {
  readonly calls: readonly NamedCall[]
  readonly filters: ReadonlySet<string>
  readonly tests: ReadonlySet<string>
}

/** Stands for the text that a filter block or a block set hands to its filter. */
export const bodyInput: Expression = { type: 'name', name: '\0body', line: 0 }
