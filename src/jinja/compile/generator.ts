import type { Expression, MacroNode, Parameter, Statement, Target } from '../ast.js'
import { CodeWriter, type Mode, Scope, safe, text } from './code-writer.js'
import { ExpressionWriter } from './expression-writer.js'
import { assignedNames, collectTarget, macroNeeds } from './names.js'

/**
 * Writes the JavaScript of a template, an expression that is a function: `(R, C) → { output, exports }`, or a promise of
 * that when something waits. R is the runtime, C the context. Text of the template only ever enters as a JSON string literal.
 */
export class Generator {
  readonly #code: CodeWriter
  readonly #expressions: ExpressionWriter

  constructor(mode: Mode) {
    this.#code = new CodeWriter(mode)
    this.#expressions = new ExpressionWriter(this.#code)
  }

  template(statements: readonly Statement[]): string {
    const names = assignedNames(statements)
    this.#code.emit('let ln = 0, t, o = "";')
    this.#code.emit('try {')
    this.#code.openScope(names)
    this.#statements(statements)
    const exports = [...names].map((name) => `${text(name)}: ${this.#code.scope.find(name)}`)
    this.#code.emit(`return { output: o, exports: { ${exports.join(', ')} } };`)
    this.#code.emit('} catch (e) { throw R.locate(e, ln, undefined); }')
    return this.#code.function('R, C', this.#code.finish())
  }

  /** A template that is one expression: its value instead of its text. */
  expression(value: Expression): string {
    this.#code.emit('let ln = 0, t;')
    this.#code.emit(
      `try { ln = ${value.line}; return ${this.#expressions.value(value)}; } catch (e) { throw R.locate(e, ln, undefined); }`,
    )
    return this.#code.function('R, C', this.#code.finish())
  }

  #statements(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement)
  }

  #statement(statement: Statement): void {
    if (statement.type !== 'data') this.#code.at(statement.line)
    switch (statement.type) {
      case 'data':
        this.#code.emit(`${this.#code.output} += ${text(statement.text)};`)
        return
      case 'output':
        this.#code.emit(`${this.#code.output} += R.print(${this.#expressions.value(statement.value)});`)
        return
      case 'do':
        this.#code.emit(`${this.#expressions.value(statement.value)};`)
        return
      case 'set':
        this.#assign(statement.target, this.#expressions.value(statement.value))
        return
      case 'set_block': {
        const buffer = this.#captured(statement.body)
        this.#assign(statement.target, statement.filter ? this.#expressions.filtered(statement.filter, buffer) : buffer)
        return
      }
      case 'filter_block':
        this.#code.emit(
          `${this.#code.output} += R.print(${this.#expressions.filtered(statement.filter, this.#captured(statement.body))});`,
        )
        return
      case 'if':
        this.#if(statement)
        return
      case 'for':
        this.#for(statement)
        return
      case 'break':
      case 'continue':
        this.#code.emit(`${statement.type};`)
        return
      case 'macro':
        this.#code.emit(`${this.#code.scope.find(statement.variable)} = ${this.#macro(statement)};`)
        return
      case 'call_block':
        this.#callBlock(statement)
        return
      case 'with': {
        this.#code.emit('{')
        const values = statement.assignments.map(({ target, value }) => {
          const variable = this.#code.fresh('w')
          this.#code.emit(`const ${variable} = ${this.#expressions.value(value)};`)
          return { target, variable }
        })
        const names = assignedNames(statement.body)
        for (const { target } of values) collectTarget(target, names)
        const before = this.#code.openScope(names)
        for (const { target, variable } of values) this.#assign(target, variable)
        this.#statements(statement.body)
        this.#code.scope = before
        this.#code.emit('}')
        return
      }
      case 'scope': {
        this.#code.emit('{')
        const before = this.#code.openScope(assignedNames(statement.body))
        this.#statements(statement.body)
        this.#code.scope = before
        this.#code.emit('}')
      }
    }
  }

  /** Runs a body into a buffer of its own, in a scope of its own; answers the buffer's name. */
  #captured(body: readonly Statement[]): string {
    const outer = this.#code.output
    const buffer = this.#code.fresh('b')
    this.#code.emit(`let ${buffer} = "";`)
    this.#code.emit('{')
    this.#code.output = buffer
    const before = this.#code.openScope(assignedNames(body))
    this.#statements(body)
    this.#code.scope = before
    this.#code.output = outer
    this.#code.emit('}')
    return buffer
  }

  #assign(target: Target, value: string): void {
    switch (target.type) {
      case 'name':
        this.#code.emit(`${this.#code.scope.find(target.name)} = ${value};`)
        return
      case 'namespace':
        this.#code.emit(`R.setAttribute(${this.#code.read(target.name)}, ${text(target.attribute)}, ${value});`)
        return
      case 'tuple': {
        const items = this.#code.fresh('u')
        this.#code.emit(`const ${items} = R.unpack(${value}, ${target.items.length});`)
        for (const [i, item] of target.items.entries()) this.#assign(item, `${items}[${i}]`)
      }
    }
  }

  #if(statement: Extract<Statement, { type: 'if' }>): void {
    // One after the other in a block that a branch leaves: `else if` would nest, and a thousand of them overflow a stack.
    const label = statement.branches.length > 1 ? this.#code.fresh('B') : undefined
    if (label) this.#code.emit(`${label}: {`)
    for (const branch of statement.branches) {
      this.#code.emit(`if (R.truthy(${this.#expressions.value(branch.test)})) {`)
      this.#branch(branch.body)
      this.#code.emit(label ? `break ${label}; }` : statement.otherwise.length > 0 ? '} else {' : '}')
    }
    this.#branch(statement.otherwise)
    if (label || statement.otherwise.length > 0) this.#code.emit('}')
  }

  /** After a branch nobody knows which line ran last. */
  #branch(body: readonly Statement[]): void {
    this.#statements(body)
    this.#code.line = 0
  }

  #for(statement: Extract<Statement, { type: 'for' }>): void {
    const run = this.#code.fresh('f')
    if (!statement.isRecursive) {
      this.#loop(statement, this.#expressions.value(statement.iterable), '0', 'null')
      return
    }
    const body = this.#code.nested('items, depth', () => {
      this.#code.emit('let o = "", t;')
      this.#loop(statement, 'items', 'depth', run)
      this.#code.emit('return R.markup(o);')
    })
    this.#code.emit(`const ${run} = ${body};`)
    this.#code.emit(
      `${this.#code.output} += R.print(${this.#code.wait(`${run}(${this.#expressions.value(statement.iterable)}, 0)`)});`,
    )
    this.#code.line = 0
  }

  #loop(statement: Extract<Statement, { type: 'for' }>, iterable: string, depth: string, recurse: string): void {
    const items = this.#code.fresh('i')
    this.#code.emit('{')
    this.#code.emit(`let ${items} = R.iterate(${iterable});`)
    const names = new Set<string>()
    collectTarget(statement.target, names)
    for (const name of assignedNames(statement.body)) names.add(name)
    const needsLoop = statement.isRecursive || statement.usesLoop
    const loop = needsLoop ? this.#code.fresh('loop') : undefined
    if (loop) {
      if (statement.filter) this.#loopFilter(statement, items)
      this.#code.emit(`const ${loop} = R.loop(${items}, ${depth}, ${recurse});`)
    }
    // What the body changes is seen by the condition of the next item.
    const ran = statement.filter && !loop ? this.#code.fresh('ran') : undefined
    if (ran) this.#code.emit(`let ${ran} = false;`)
    const index = this.#code.fresh('n')
    this.#code.emit(`for (let ${index} = 0; ${index} < ${items}.length; ${index}++) {`)
    this.#code.turn()
    if (loop) this.#code.emit(`${loop}.index0 = ${index};`)
    const before = this.#code.scope
    const loopScope = new Scope(before)
    if (loop) loopScope.declare('loop', loop)
    this.#code.scope = loopScope
    this.#code.openScope(names)
    this.#assign(statement.target, `${items}[${index}]`)
    this.#code.line = 0
    if (ran) {
      this.#code.emit(`if (!R.truthy(${this.#expressions.value(statement.filter as Expression)})) continue;`)
      this.#code.emit(`${ran} = true;`)
    }
    this.#statements(statement.body)
    this.#code.scope = before
    this.#code.emit('}')
    this.#code.line = 0
    if (statement.otherwise.length > 0) {
      this.#code.emit(ran ? `if (!${ran}) {` : `if (${items}.length === 0) {`)
      const outside = this.#code.openScope(assignedNames(statement.otherwise))
      this.#branch(statement.otherwise)
      this.#code.scope = outside
      this.#code.emit('}')
    }
    this.#code.emit('}')
  }

  /** `for x in xs if …` with a body that asks for `loop`: its length and index count only what passes. */
  #loopFilter(statement: Extract<Statement, { type: 'for' }>, items: string): void {
    const kept = this.#code.fresh('k')
    const each = this.#code.fresh('x')
    this.#code.emit(`const ${kept} = [];`)
    this.#code.emit(`for (const ${each} of ${items}) {`)
    this.#code.turn()
    const names = new Set<string>()
    collectTarget(statement.target, names)
    const before = this.#code.openScope(names)
    this.#assign(statement.target, each)
    this.#code.emit(`if (R.truthy(${this.#expressions.value(statement.filter as Expression)})) ${kept}.push(${each});`)
    this.#code.scope = before
    this.#code.emit('}')
    this.#code.emit(`${items} = ${kept};`)
  }

  #callBlock(statement: Extract<Statement, { type: 'call_block' }>): void {
    const caller = this.#code.fresh('c')
    this.#code.emit(
      `const ${caller} = ${this.#macro({ type: 'macro', name: 'caller', variable: 'caller', parameters: statement.parameters, body: statement.body, line: statement.line })};`,
    )
    const call = statement.call as Extract<Expression, { type: 'call' }>
    this.#code.emit(`${this.#code.output} += R.print(${this.#expressions.call(call, caller)});`)
  }

  /** The expression that makes a macro. */
  #macro(macro: MacroNode): string {
    const needs = macroNeeds(macro)
    const defaults = macro.parameters.filter(({ fallback }) => fallback !== null).length
    const shape = `{ name: ${text(macro.variable)}, parameters: ${JSON.stringify(macro.parameters.map(({ name }) => name))}, defaults: ${defaults}, takesVarargs: ${needs.varargs}, takesKwargs: ${needs.kwargs}, takesCaller: ${needs.caller} }`
    const body = this.#code.nested('P, V, K, A', () => {
      this.#code.emit(`let ln = ${macro.line}, t, o = "";`)
      this.#code.emit('try {')
      // Macros that call each other can take as long as loops.
      if (needs.calls) this.#code.turn()
      if (needs.caller) this.#code.emit('A ??= R.noCaller();')
      this.#parameters(macro.parameters)
      for (const [name, variable] of [
        ['varargs', 'V'],
        ['kwargs', 'K'],
        ['caller', 'A'],
      ] as const)
        if (needs[name] && !macro.parameters.some((parameter) => parameter.name === name))
          this.#code.scope.declare(name, variable)
      this.#code.openScope(assignedNames(macro.body))
      this.#statements(macro.body)
      this.#code.emit('return R.markup(o);')
      this.#code.emit(`} catch (e) { throw R.locate(e, ln, ${text(macro.name)}); }`)
    })
    return `R.macro(${shape}, ${body})`
  }

  #parameters(parameters: readonly Parameter[]): void {
    // All are there before the first default is evaluated, so a default may name any of them, itself not yet set.
    const variables = parameters.map(({ name }) => this.#code.fresh(`p_${safe(name)}_`))
    for (const [i, { name }] of parameters.entries()) {
      const variable = variables[i] as string
      this.#code.emit(`let ${variable} = P[${i}] === undefined ? R.missingArgument(${text(name)}) : P[${i}];`)
      this.#code.scope.declare(name, variable)
    }
    for (const [i, { fallback }] of parameters.entries())
      if (fallback)
        this.#code.emit(`if (P[${i}] === undefined) ${variables[i]} = ${this.#expressions.value(fallback)};`)
  }
}
