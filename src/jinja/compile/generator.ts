import type { Arguments, Expression, MacroNode, Parameter, Statement, Target } from '../ast.js'
import { assignedNames, collectTarget, macroNeeds, usedNames } from './names.js'

export type Mode = 'sync' | 'async'

/** Names of template variables in one scope, and the JavaScript variables that hold them. */
class Scope {
  readonly parent: Scope | null
  readonly #variables = new Map<string, string>()
  constructor(parent: Scope | null) {
    this.parent = parent
  }
  declare(name: string, variable: string): void {
    this.#variables.set(name, variable)
  }
  find(name: string): string | undefined {
    return this.#variables.get(name) ?? this.parent?.find(name)
  }
}

const text = (value: string) => JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
/** Template names become JavaScript names with a prefix; what JavaScript does not allow is written as code points. */
const safe = (name: string) =>
  name.replace(/[^A-Za-z0-9_]/g, (char) => `$${(char.codePointAt(0) as number).toString(16)}`)

/**
 * Writes the JavaScript of a template: `function (R, C) → { output, exports }`, asynchronous or not. R is the
 * runtime, C the context. Text of the template only ever enters as a JSON string literal.
 */
export class Generator {
  readonly #mode: Mode
  readonly #lines: string[] = []
  #counter = 0
  #scope = new Scope(null)
  #output = 'o'
  #input: string | undefined
  #line = 0
  /** Variables that expressions need between two of their parts; declared at the start of the function. */
  #temporaries: string[] = []

  constructor(mode: Mode) {
    this.#mode = mode
  }

  template(statements: readonly Statement[]): string {
    const names = assignedNames(statements)
    this.#emit('let ln = 0, t, o = "";')
    this.#emit('try {')
    this.#openScope(names)
    this.#statements(statements)
    const exports = [...names].map((name) => `${text(name)}: ${this.#scope.find(name)}`)
    this.#emit(`return { output: o, exports: { ${exports.join(', ')} } };`)
    this.#emit('} catch (e) { throw R.locate(e, ln, undefined); }')
    this.#declareTemporaries()
    return this.#lines.join('\n')
  }

  /** A template that is one expression: its value instead of its text. */
  expression(value: Expression): string {
    this.#emit('let ln = 0, t;')
    this.#emit(
      `try { ln = ${value.line}; return ${this.#value(value)}; } catch (e) { throw R.locate(e, ln, undefined); }`,
    )
    this.#declareTemporaries()
    return this.#lines.join('\n')
  }

  #emit(line: string): void {
    this.#lines.push(line)
  }

  #fresh(hint: string): string {
    return `${hint}${++this.#counter}`
  }

  /** In async mode: waits when the value is a promise, and costs nothing when it is not. */
  #wait(code: string): string {
    return this.#mode === 'async' ? `((t = ${code}) instanceof Promise ? await t : t)` : `R.now(${code})`
  }

  get #function(): string {
    return this.#mode === 'async' ? 'async ' : ''
  }

  #openScope(names: Iterable<string>): Scope {
    const before = this.#scope
    const scope = new Scope(before)
    for (const name of names) {
      const variable = this.#fresh(`l_${safe(name)}_`)
      this.#emit(`let ${variable} = ${this.#read(name)};`)
      scope.declare(name, variable)
    }
    this.#scope = scope
    return before
  }

  #read(name: string): string {
    return this.#scope.find(name) ?? `R.lookup(C, ${text(name)})`
  }

  #at(line: number): void {
    if (line === this.#line || line === 0) return
    this.#line = line
    this.#emit(`ln = ${line};`)
  }

  #statements(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement)
  }

  #statement(statement: Statement): void {
    if (statement.type !== 'data') this.#at(statement.line)
    switch (statement.type) {
      case 'data':
        this.#emit(`${this.#output} += ${text(statement.text)};`)
        return
      case 'output':
        this.#emit(`${this.#output} += R.print(${this.#value(statement.value)});`)
        return
      case 'do':
        this.#emit(`${this.#value(statement.value)};`)
        return
      case 'set':
        this.#assign(statement.target, this.#value(statement.value))
        return
      case 'set_block': {
        const buffer = this.#captured(statement.body)
        this.#assign(statement.target, statement.filter ? this.#filtered(statement.filter, buffer) : buffer)
        return
      }
      case 'filter_block':
        this.#emit(`${this.#output} += R.print(${this.#filtered(statement.filter, this.#captured(statement.body))});`)
        return
      case 'if':
        this.#if(statement)
        return
      case 'for':
        this.#for(statement)
        return
      case 'break':
      case 'continue':
        this.#emit(`${statement.type};`)
        return
      case 'macro':
        this.#emit(`${this.#scope.find(statement.name)} = ${this.#macro(statement)};`)
        return
      case 'call_block':
        this.#callBlock(statement)
        return
      case 'with': {
        this.#emit('{')
        const values = statement.assignments.map(({ target, value }) => {
          const variable = this.#fresh('w')
          this.#emit(`const ${variable} = ${this.#value(value)};`)
          return { target, variable }
        })
        const names = assignedNames(statement.body)
        for (const { target } of values) collectTarget(target, names)
        const before = this.#openScope(names)
        for (const { target, variable } of values) this.#assign(target, variable)
        this.#statements(statement.body)
        this.#scope = before
        this.#emit('}')
        return
      }
      case 'scope': {
        this.#emit('{')
        const before = this.#openScope(assignedNames(statement.body))
        this.#statements(statement.body)
        this.#scope = before
        this.#emit('}')
      }
    }
  }

  /** Runs a body into a buffer of its own, in a scope of its own; answers the buffer's name. */
  #captured(body: readonly Statement[]): string {
    const outer = this.#output
    const buffer = this.#fresh('b')
    this.#emit(`let ${buffer} = "";`)
    this.#emit('{')
    this.#output = buffer
    const before = this.#openScope(assignedNames(body))
    this.#statements(body)
    this.#scope = before
    this.#output = outer
    this.#emit('}')
    return buffer
  }

  #filtered(filter: Expression, buffer: string): string {
    const outer = this.#input
    this.#input = buffer
    const code = this.#value(filter)
    this.#input = outer
    return code
  }

  #assign(target: Target, value: string): void {
    switch (target.type) {
      case 'name':
        this.#emit(`${this.#scope.find(target.name)} = ${value};`)
        return
      case 'namespace':
        this.#emit(`R.setAttribute(${this.#read(target.name)}, ${text(target.attribute)}, ${value});`)
        return
      case 'tuple': {
        const items = this.#fresh('u')
        this.#emit(`const ${items} = R.unpack(${value}, ${target.items.length});`)
        for (const [i, item] of target.items.entries()) this.#assign(item, `${items}[${i}]`)
      }
    }
  }

  #if(statement: Extract<Statement, { type: 'if' }>): void {
    for (const [i, branch] of statement.branches.entries()) {
      this.#emit(`${i === 0 ? '' : '} else '}if (R.truthy(${this.#value(branch.test)})) {`)
      this.#branch(branch.body)
    }
    if (statement.otherwise.length > 0) {
      this.#emit('} else {')
      this.#branch(statement.otherwise)
    }
    this.#emit('}')
  }

  /** After a branch nobody knows which line ran last. */
  #branch(body: readonly Statement[]): void {
    this.#statements(body)
    this.#line = 0
  }

  #for(statement: Extract<Statement, { type: 'for' }>): void {
    const run = this.#fresh('f')
    if (!statement.isRecursive) {
      this.#loop(statement, this.#value(statement.iterable), '0', 'null')
      return
    }
    const outer = this.#output
    this.#emit(`const ${run} = ${this.#function}(items, depth) => { let o = "", t;`)
    this.#output = 'o'
    this.#loop(statement, 'items', 'depth', run)
    this.#emit('return R.markup(o); };')
    this.#output = outer
    this.#emit(`${outer} += R.print(${this.#wait(`${run}(${this.#value(statement.iterable)}, 0)`)});`)
  }

  #loop(statement: Extract<Statement, { type: 'for' }>, iterable: string, depth: string, recurse: string): void {
    const items = this.#fresh('i')
    this.#emit('{')
    this.#emit(`let ${items} = R.iterate(${iterable});`)
    if (statement.filter) this.#loopFilter(statement, items)
    const names = new Set<string>()
    collectTarget(statement.target, names)
    for (const name of assignedNames(statement.body)) names.add(name)
    const needsLoop = statement.isRecursive || usedNames([...statement.body]).has('loop')
    const loop = needsLoop ? this.#fresh('loop') : undefined
    if (loop) this.#emit(`const ${loop} = R.loop(${items}, ${depth}, ${recurse});`)
    const index = this.#fresh('n')
    this.#emit(`for (let ${index} = 0; ${index} < ${items}.length; ${index}++) {`)
    if (loop) this.#emit(`${loop}.index0 = ${index};`)
    const before = this.#scope
    const loopScope = new Scope(before)
    if (loop) loopScope.declare('loop', loop)
    this.#scope = loopScope
    this.#openScope(names)
    this.#assign(statement.target, `${items}[${index}]`)
    this.#line = 0
    this.#statements(statement.body)
    this.#scope = before
    this.#emit('}')
    this.#line = 0
    if (statement.otherwise.length > 0) {
      this.#emit(`if (${items}.length === 0) {`)
      const outside = this.#openScope(assignedNames(statement.otherwise))
      this.#branch(statement.otherwise)
      this.#scope = outside
      this.#emit('}')
    }
    this.#emit('}')
  }

  /** `for x in xs if …`: the loop sees only what passes, so its length and index count that. */
  #loopFilter(statement: Extract<Statement, { type: 'for' }>, items: string): void {
    const kept = this.#fresh('k')
    const each = this.#fresh('x')
    this.#emit(`const ${kept} = [];`)
    this.#emit(`for (const ${each} of ${items}) {`)
    const names = new Set<string>()
    collectTarget(statement.target, names)
    const before = this.#openScope(names)
    this.#assign(statement.target, each)
    this.#emit(`if (R.truthy(${this.#value(statement.filter as Expression)})) ${kept}.push(${each});`)
    this.#scope = before
    this.#emit('}')
    this.#emit(`${items} = ${kept};`)
  }

  #callBlock(statement: Extract<Statement, { type: 'call_block' }>): void {
    const caller = this.#fresh('c')
    this.#emit(
      `const ${caller} = ${this.#macro({ type: 'macro', name: 'caller', parameters: statement.parameters, body: statement.body, line: statement.line })};`,
    )
    const call = statement.call as Extract<Expression, { type: 'call' }>
    this.#emit(`${this.#output} += R.print(${this.#call(call, caller)});`)
  }

  /** The expression that makes a macro. */
  #macro(macro: MacroNode): string {
    const needs = macroNeeds(macro)
    const defaults = macro.parameters.filter(({ fallback }) => fallback !== null).length
    const shape = `{ name: ${text(macro.name)}, parameters: ${JSON.stringify(macro.parameters.map(({ name }) => name))}, defaults: ${defaults}, takesVarargs: ${needs.varargs}, takesKwargs: ${needs.kwargs}, takesCaller: ${needs.caller} }`
    const saved = {
      output: this.#output,
      scope: this.#scope,
      line: this.#line,
      lines: this.#lines.splice(0),
      input: this.#input,
      temporaries: this.#temporaries,
    }
    this.#temporaries = []
    this.#output = 'o'
    this.#line = 0
    this.#scope = new Scope(saved.scope)
    this.#emit(`let ln = ${macro.line}, t, o = "";`)
    this.#emit('try {')
    if (needs.caller) this.#emit('A ??= R.noCaller();')
    this.#parameters(macro.parameters)
    for (const [name, variable] of [
      ['varargs', 'V'],
      ['kwargs', 'K'],
      ['caller', 'A'],
    ] as const)
      if (needs[name] && !macro.parameters.some((parameter) => parameter.name === name))
        this.#scope.declare(name, variable)
    this.#openScope(assignedNames(macro.body))
    this.#statements(macro.body)
    this.#emit('return R.markup(o);')
    this.#emit(`} catch (e) { throw R.locate(e, ln, ${text(macro.name)}); }`)
    this.#declareTemporaries()
    const body = this.#lines.splice(0)
    this.#temporaries = saved.temporaries
    this.#lines.push(...saved.lines)
    this.#output = saved.output
    this.#scope = saved.scope
    this.#line = saved.line
    this.#input = saved.input
    return `R.macro(${shape}, ${this.#function}(P, V, K, A) => {\n${body.join('\n')}\n})`
  }

  #parameters(parameters: readonly Parameter[]): void {
    for (const [i, { name, fallback }] of parameters.entries()) {
      const variable = this.#fresh(`p_${safe(name)}_`)
      const missing = fallback ? this.#value(fallback) : `R.missingArgument(${text(name)})`
      this.#emit(
        `let ${variable} = P[${i}] === undefined ? ${name === 'caller' && !fallback ? 'A' : missing} : P[${i}];`,
      )
      this.#scope.declare(name, variable)
    }
  }

  #value(node: Expression): string {
    switch (node.type) {
      case 'literal':
        return literal(node)
      case 'name':
        if (node.name === '\0body') return this.#input as string
        return this.#read(node.name)
      case 'list':
        return `[${node.items.map((item) => this.#value(item)).join(', ')}]`
      case 'tuple':
        return `R.tuple([${node.items.map((item) => this.#value(item)).join(', ')}])`
      case 'dict':
        return `R.dict([${node.entries.map(([key, value]) => `[${this.#value(key)}, ${this.#value(value)}]`).join(', ')}])`
      case 'attribute':
        return `R.attribute(${this.#value(node.object)}, ${text(node.name)})`
      case 'item':
        return `R.item(${this.#value(node.object)}, ${this.#value(node.key)})`
      case 'slice':
        return `R.slice(${[node.start, node.stop, node.step].map((bound) => (bound ? this.#value(bound) : 'null')).join(', ')})`
      case 'call':
        return this.#call(node)
      case 'filter':
        return this.#wait(`R.filter(${text(node.name)}, ${this.#value(node.input)}, ${this.#arguments(node.args)})`)
      case 'test':
        return `${node.isNegated ? '!' : ''}R.test(${text(node.name)}, ${this.#value(node.input)}, ${this.#arguments(node.args)})`
      case 'unary':
        if (node.operator === 'not') return `!R.truthy(${this.#value(node.operand)})`
        return `R.${node.operator === '-' ? 'negate' : 'plus'}(${this.#value(node.operand)})`
      case 'binary':
        return `R.binary(${text(node.operator)}, ${this.#value(node.left)}, ${this.#value(node.right)})`
      case 'concat':
        return `R.concat([${node.parts.map((part) => this.#value(part)).join(', ')}])`
      case 'logic': {
        const left = this.#temporary()
        const [a, b] = [this.#value(node.left), this.#value(node.right)]
        return node.operator === 'and'
          ? `(R.truthy(${left} = ${a}) ? ${b} : ${left})`
          : `(R.truthy(${left} = ${a}) ? ${left} : ${b})`
      }
      case 'compare':
        return this.#compare(node)
      case 'condition':
        return `(R.truthy(${this.#value(node.test)}) ? ${this.#value(node.value)} : ${node.otherwise ? this.#value(node.otherwise) : 'R.noElse()'})`
    }
  }

  #temporary(): string {
    const name = this.#fresh('v')
    this.#temporaries.push(name)
    return name
  }

  /** Puts the function's temporaries before its first line. */
  #declareTemporaries(): void {
    if (this.#temporaries.length > 0) this.#lines.unshift(`let ${this.#temporaries.join(', ')};`)
  }

  #compare(node: Extract<Expression, { type: 'compare' }>): string {
    const [only] = node.rest
    if (node.rest.length === 1 && only)
      return `R.compare(${text(only.operator)}, ${this.#value(node.first)}, ${this.#value(only.operand)})`
    // a < b < c: b is evaluated once.
    let left = this.#value(node.first)
    const parts = node.rest.map(({ operator, operand }) => {
      const right = this.#temporary()
      const part = `R.compare(${text(operator)}, ${left}, ${right} = ${this.#value(operand)})`
      left = right
      return part
    })
    return `(${parts.join(' && ')})`
  }

  #call(node: Extract<Expression, { type: 'call' }>, caller?: string): string {
    const args = this.#arguments(node.args, caller)
    const { callee } = node
    const line = node.line === this.#line ? '' : `ln = ${node.line}, `
    const code =
      callee.type === 'attribute'
        ? `R.callMethod(${this.#value(callee.object)}, ${text(callee.name)}, ${args})`
        : `R.call(${this.#value(callee)}, ${args}, ${text(callee.type === 'name' ? callee.name : '')})`
    return this.#wait(line ? `(${line}${code})` : code)
  }

  /** `positional array, Kwargs or null` */
  #arguments(args: Arguments, caller?: string): string {
    const positional = args.positional.map((value) => this.#value(value))
    if (args.spread) positional.push(`...R.iterate(${this.#value(args.spread)})`)
    const named = args.named.map(({ name, value }) => `[${text(name)}, ${this.#value(value)}]`)
    if (caller !== undefined) named.push(`["caller", ${caller}]`)
    let kwargs = named.length > 0 ? `R.kwargs([${named.join(', ')}])` : 'null'
    if (args.spreadNamed)
      kwargs = `R.spreadNamed(${kwargs === 'null' ? 'R.kwargs([])' : kwargs}, ${this.#value(args.spreadNamed)})`
    return `[${positional.join(', ')}], ${kwargs}`
  }
}

function literal(node: Extract<Expression, { type: 'literal' }>): string {
  if (typeof node.value === 'string') return text(node.value)
  if (typeof node.value === 'bigint') return `${node.value}n`
  if (node.isFloat) return `R.float(${Number.isFinite(node.value) ? node.value : 'Infinity'})`
  return String(node.value)
}
