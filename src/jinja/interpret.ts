import type { Arguments, Expression, Statement, Target } from './ast.js'
import { assignedNames, collectTarget } from './compile/names.js'
import type { Context } from './context.js'
import type { Kwargs } from './runtime/callable.js'
import type { Runtime } from './runtime/runtime.js'
import { turns, turnsBetweenPauses } from './runtime/turns.js'

/**
 * Runs a template from its tree, without writing JavaScript. A template that is rendered once, as every file of a
 * project is when it is parsed, is done in a fraction of the time that compiling it takes. Only the common part of the
 * language is here; `canInterpret` tells. What a construct means is the runtime's business, here as in compiled code.
 */
export function interpret(
  statements: readonly Statement[],
  runtime: Runtime,
  context: Context,
): { output: string; exports: Record<string, unknown> } {
  return new Interpreter(runtime, context).template(statements)
}

/** The same for a template that is one expression: its value. */
export function interpretValue(value: Expression, runtime: Runtime, context: Context): unknown {
  return new Interpreter(runtime, context).expression(value)
}

/**
 * The value of a template of several statements, as Jinja's native templates tell it: where only one thing is printed,
 * whatever decided that it is, its value keeps its type; otherwise all that is printed is one text.
 */
export function interpretOnlyPrinted(statements: readonly Statement[], runtime: Runtime, context: Context): unknown {
  return new Interpreter(runtime, context).onlyPrinted(statements)
}

const statementTypes = new Set(['data', 'output', 'do', 'set', 'set_block', 'if', 'for', 'break', 'continue'])

/** Whether nothing in a template needs the compiler. */
export function canInterpret(statements: readonly Statement[]): boolean {
  return statements.every(isKnownStatement)
}

function isKnownStatement(statement: Statement): boolean {
  if (!statementTypes.has(statement.type)) return false
  switch (statement.type) {
    case 'output':
    case 'do':
    case 'set':
      return isKnown(statement.value)
    case 'set_block':
      return statement.filter === null && canInterpret(statement.body)
    case 'if':
      return (
        statement.branches.every(({ test, body }) => isKnown(test) && canInterpret(body)) &&
        canInterpret(statement.otherwise)
      )
    case 'for':
      return (
        !statement.isRecursive &&
        isKnown(statement.iterable) &&
        (statement.filter === null || isKnown(statement.filter)) &&
        canInterpret(statement.body) &&
        canInterpret(statement.otherwise)
      )
    default:
      return true
  }
}

function isKnown(node: Expression): boolean {
  switch (node.type) {
    case 'literal':
    case 'name':
      return true
    case 'list':
    case 'tuple':
      return node.items.every(isKnown)
    case 'dict':
      return node.entries.every(([key, value]) => isKnown(key) && isKnown(value))
    case 'attribute':
      return isKnown(node.object)
    case 'item':
      return isKnown(node.object) && isKnown(node.key)
    case 'call':
      return isKnown(node.callee) && areKnown(node.args)
    case 'filter':
    case 'test':
      return isKnown(node.input) && areKnown(node.args)
    case 'unary':
      return isKnown(node.operand)
    case 'binary':
    case 'logic':
      return isKnown(node.left) && isKnown(node.right)
    case 'concat':
      return node.parts.every(isKnown)
    case 'compare':
      return isKnown(node.first) && node.rest.every(({ operand }) => isKnown(operand))
    case 'condition':
      return isKnown(node.test) && isKnown(node.value) && node.otherwise !== null && isKnown(node.otherwise)
    default:
      return false
  }
}

const areKnown = (args: Arguments) =>
  args.spread === null &&
  args.spreadNamed === null &&
  args.positional.every(isKnown) &&
  args.named.every(({ value }) => isKnown(value))

/** The names of one scope. A name that is assigned somewhere in it begins with what it means outside. */
interface Frame {
  readonly values: Map<string, unknown>
  readonly outer: Frame | null
}

type Ended = 'break' | 'continue' | undefined

class Interpreter {
  readonly #runtime: Runtime
  readonly #context: Context
  #frame: Frame | null = null
  #output = ''
  /** How many texts and values were printed, and the last of them. */
  #printed = 0
  #lastPrinted: unknown
  #line = 0

  constructor(runtime: Runtime, context: Context) {
    this.#runtime = runtime
    this.#context = context
  }

  template(statements: readonly Statement[]): { output: string; exports: Record<string, unknown> } {
    try {
      const frame = this.#open(assignedNames(statements))
      this.#run(statements)
      return { output: this.#output, exports: Object.fromEntries(frame.values) }
    } catch (thrown) {
      throw this.#runtime.locate(thrown, this.#line, undefined)
    }
  }

  onlyPrinted(statements: readonly Statement[]): unknown {
    const { output } = this.template(statements)
    return this.#printed === 1 ? this.#lastPrinted : output
  }

  expression(value: Expression): unknown {
    try {
      this.#line = value.line
      return this.#value(value)
    } catch (thrown) {
      throw this.#runtime.locate(thrown, this.#line, undefined)
    }
  }

  #open(names: Iterable<string>): Frame {
    const values = new Map<string, unknown>()
    for (const name of names) values.set(name, this.#read(name))
    this.#frame = { values, outer: this.#frame }
    return this.#frame
  }

  #read(name: string): unknown {
    for (let frame = this.#frame; frame; frame = frame.outer) if (frame.values.has(name)) return frame.values.get(name)
    return this.#runtime.lookup(this.#context, name)
  }

  #run(statements: readonly Statement[]): Ended {
    for (const statement of statements) {
      const ended = this.#statement(statement)
      if (ended) return ended
    }
    return undefined
  }

  #statement(statement: Statement): Ended {
    if (statement.type === 'data') {
      this.#print(statement.text, statement.text)
      return undefined
    }
    if (statement.line !== 0) this.#line = statement.line
    switch (statement.type) {
      case 'output': {
        const value = this.#value(statement.value)
        this.#print(value, this.#runtime.print(value))
        return undefined
      }
      case 'do':
        this.#value(statement.value)
        return undefined
      case 'set':
        this.#assign(statement.target, this.#value(statement.value))
        return undefined
      case 'set_block':
        this.#assign(statement.target, this.#captured(statement.body))
        return undefined
      case 'if': {
        for (const { test, body } of statement.branches)
          if (this.#runtime.truthy(this.#value(test))) return this.#run(body)
        return this.#run(statement.otherwise)
      }
      case 'for':
        this.#for(statement)
        return undefined
      case 'break':
      case 'continue':
        return statement.type
      default:
        throw new Error(`${statement.type} is not for the interpreter`)
    }
  }

  #print(value: unknown, text: string): void {
    this.#output += text
    this.#lastPrinted = value
    this.#printed++
  }

  #captured(body: readonly Statement[]): string {
    const [outer, before, printed, last] = [this.#frame, this.#output, this.#printed, this.#lastPrinted]
    this.#output = ''
    this.#open(assignedNames(body))
    this.#run(body)
    const text = this.#output
    this.#frame = outer
    this.#output = before
    this.#printed = printed
    this.#lastPrinted = last
    return text
  }

  #assign(target: Target, value: unknown): void {
    if (target.type === 'name') this.#frame?.values.set(target.name, value)
    else if (target.type === 'namespace') this.#runtime.setAttribute(this.#read(target.name), target.attribute, value)
    else {
      const items = this.#runtime.unpack(value, target.items.length)
      for (const [i, item] of target.items.entries()) this.#assign(item, items[i])
    }
  }

  #for(statement: Extract<Statement, { type: 'for' }>): void {
    const outer = this.#frame
    let items = this.#runtime.iterate(this.#value(statement.iterable))
    const targets = new Set<string>()
    collectTarget(statement.target, targets)
    const needsLoop = statement.usesLoop
    if (statement.filter && needsLoop) items = this.#filtered(items, statement.target, targets, statement.filter)
    // What the body changes is seen by the condition of the next item.
    const condition = needsLoop ? null : statement.filter
    const names = new Set([...targets, ...assignedNames(statement.body)])
    const loop = needsLoop ? this.#runtime.loop(items, 0, null) : undefined
    let hasRun = false
    const around: Frame | null = loop ? { values: new Map([['loop', loop]]), outer } : outer
    for (let index = 0; index < items.length; index++) {
      this.#turn()
      if (loop) loop.index0 = index
      this.#frame = around
      this.#open(names)
      this.#assign(statement.target, items[index])
      if (condition && !this.#runtime.truthy(this.#value(condition))) continue
      hasRun = true
      if (this.#run(statement.body) === 'break') break
    }
    this.#frame = outer
    if (!hasRun && statement.otherwise.length > 0) {
      this.#open(assignedNames(statement.otherwise))
      this.#run(statement.otherwise)
      this.#frame = outer
    }
  }

  #turn(): void {
    if (turns.count++ >= turnsBetweenPauses) this.#runtime.pause(this.#context)
  }

  #filtered(items: readonly unknown[], target: Target, names: Iterable<string>, test: Expression): unknown[] {
    const outer = this.#frame
    const kept = items.filter((item) => {
      this.#turn()
      this.#frame = outer
      this.#open(names)
      this.#assign(target, item)
      return this.#runtime.truthy(this.#value(test))
    })
    this.#frame = outer
    return kept
  }

  #value(node: Expression): unknown {
    const runtime = this.#runtime
    switch (node.type) {
      case 'literal':
        return node.isFloat ? runtime.float(node.value as number) : node.value
      case 'name':
        return this.#read(node.name)
      case 'list':
        return node.items.map((item) => this.#value(item))
      case 'tuple':
        return runtime.tuple(node.items.map((item) => this.#value(item)))
      case 'dict':
        return runtime.dict(node.entries.map(([key, value]) => [this.#value(key), this.#value(value)] as const))
      case 'attribute':
        return runtime.attribute(this.#value(node.object), node.name)
      case 'item':
        return runtime.item(this.#value(node.object), this.#value(node.key))
      case 'call':
        return this.#call(node)
      case 'filter': {
        const input = this.#value(node.input)
        return runtime.now(runtime.filter(node.name, input, this.#positional(node.args), this.#named(node.args)))
      }
      case 'test': {
        const input = this.#value(node.input)
        return runtime.test(node.name, input, this.#positional(node.args), this.#named(node.args)) !== node.isNegated
      }
      case 'unary': {
        const operand = this.#value(node.operand)
        if (node.operator === 'not') return !runtime.truthy(operand)
        return node.operator === '-' ? runtime.negate(operand) : runtime.plus(operand)
      }
      case 'binary':
        return runtime.binary(node.operator, this.#value(node.left), this.#value(node.right))
      case 'concat':
        return runtime.concat(node.parts.map((part) => this.#value(part)))
      case 'logic': {
        const left = this.#value(node.left)
        return runtime.truthy(left) === (node.operator === 'and') ? this.#value(node.right) : left
      }
      case 'compare':
        return this.#compare(node)
      case 'condition':
        return this.#value(runtime.truthy(this.#value(node.test)) ? node.value : (node.otherwise as Expression))
      default:
        throw new Error(`${node.type} is not for the interpreter`)
    }
  }

  #compare(node: Extract<Expression, { type: 'compare' }>): boolean {
    let left = this.#value(node.first)
    for (const { operator, operand } of node.rest) {
      const right = this.#value(operand)
      if (!this.#runtime.compare(operator, left, right)) return false
      left = right
    }
    return true
  }

  #call(node: Extract<Expression, { type: 'call' }>): unknown {
    const { callee, args } = node
    const runtime = this.#runtime
    this.#line = node.line
    if (callee.type === 'attribute') {
      const object = this.#value(callee.object)
      return runtime.now(runtime.callMethod(object, callee.name, this.#positional(args), this.#named(args)))
    }
    const called = this.#value(callee)
    const name = callee.type === 'name' ? callee.name : ''
    return runtime.now(runtime.call(called, this.#positional(args), this.#named(args), name))
  }

  #positional(args: Arguments): unknown[] {
    return args.positional.map((value) => this.#value(value))
  }

  #named(args: Arguments): Kwargs | null {
    if (args.named.length === 0) return null
    return this.#runtime.kwargs(args.named.map(({ name, value }) => [name, this.#value(value)] as const))
  }
}
