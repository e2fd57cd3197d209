import type { Expression, Statement } from '../../../jinja/index.js'

type Target = Extract<Statement, { type: 'set' }>['target']

/**
 * The names that a template wants of its context, as Jinja's `find_undeclared_variables` has them: also those that only a branch
 * assigns, and those within a branch that is not taken.
 */
export function undeclaredNames(statements: readonly Statement[], globals: ReadonlySet<string>): readonly string[] {
  const found = new Set<string>()
  readBlock(statements, new Scope(undefined, found))
  return [...found].filter((name) => !globals.has(name))
}

/** The names of a template, a loop, or a macro. */
class Scope {
  readonly #outer: Scope | undefined
  readonly #found: Set<string>
  known = new Set<string>()
  stored = new Set<string>()

  constructor(outer: Scope | undefined, found: Set<string>) {
    this.#outer = outer
    this.#found = found
  }
  inner(): Scope {
    return new Scope(this, this.#found)
  }
  branch(): Scope {
    const branch = new Scope(this.#outer, this.#found)
    branch.known = new Set(this.known)
    branch.stored = new Set(this.stored)
    return branch
  }
  has(name: string): boolean {
    return this.known.has(name) || this.#outer?.has(name) === true
  }
  load(name: string): void {
    if (this.has(name)) return
    this.known.add(name)
    this.#found.add(name)
  }
  store(name: string): void {
    this.known.add(name)
    this.stored.add(name)
  }
  /** What not every branch assigns is asked of the context where it was not assigned. */
  join(branches: readonly Scope[]): void {
    const counts = new Map<string, number>()
    for (const branch of branches)
      for (const name of branch.stored) if (!this.stored.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
    for (const branch of branches) {
      for (const name of branch.known) this.known.add(name)
      for (const name of branch.stored) this.stored.add(name)
    }
    for (const [name, count] of counts)
      if (count < branches.length && this.#outer?.has(name) !== true) this.#found.add(name)
  }
}

function readBlock(statements: readonly Statement[], scope: Scope): void {
  for (const statement of statements) readStatement(statement, scope)
}

function readStatement(statement: Statement, scope: Scope): void {
  switch (statement.type) {
    case 'output':
    case 'do':
      readExpression(statement.value, scope)
      return
    case 'set':
      readExpression(statement.value, scope)
      storeTarget(statement.target, scope)
      return
    case 'set_block':
      if (statement.filter) readExpression(statement.filter, scope)
      readBlock(statement.body, scope.inner())
      storeTarget(statement.target, scope)
      return
    case 'if': {
      const [first, ...others] = statement.branches
      if (first) readExpression(first.test, scope)
      const [body, elifs, otherwise] = [scope.branch(), scope.branch(), scope.branch()]
      if (first) readBlock(first.body, body)
      readBlock(
        others.map(
          ({ test, body: inner }) =>
            ({ type: 'if', branches: [{ test, body: inner }], otherwise: [], line: 0 }) as const,
        ),
        elifs,
      )
      readBlock(statement.otherwise, otherwise)
      scope.join([body, elifs, otherwise])
      return
    }
    case 'for': {
      readExpression(statement.iterable, scope)
      const inner = scope.inner()
      storeTarget(statement.target, inner)
      inner.store('loop')
      if (statement.filter) readExpression(statement.filter, inner)
      readBlock(statement.body, inner)
      readBlock(statement.otherwise, scope.inner())
      return
    }
    case 'macro': {
      scope.store(statement.name)
      readBody(statement, scope)
      return
    }
    case 'call_block':
      readExpression(statement.call, scope)
      readBody(statement, scope)
      return
    case 'filter_block':
      readExpression(statement.filter, scope)
      readBlock(statement.body, scope.inner())
      return
    case 'with': {
      const inner = scope.inner()
      for (const { target, value } of statement.assignments) {
        readExpression(value, scope)
        storeTarget(target, inner)
      }
      readBlock(statement.body, inner)
      return
    }
    case 'scope':
      readBlock(statement.body, scope.inner())
  }
}

function readBody(macro: Pick<Extract<Statement, { type: 'macro' }>, 'parameters' | 'body'>, scope: Scope): void {
  const inner = scope.inner()
  for (const { name, fallback } of macro.parameters) {
    if (fallback) readExpression(fallback, inner)
    inner.store(name)
  }
  for (const name of ['caller', 'kwargs', 'varargs']) inner.store(name)
  readBlock(macro.body, inner)
}

function storeTarget(target: Target, scope: Scope): void {
  if (target.type === 'name') scope.store(target.name)
  else if (target.type === 'namespace') scope.load(target.name)
  else for (const item of target.items) storeTarget(item, scope)
}

/** Every name that is read in it. The parser's own names (of filter blocks) begin with a sign that none can have. */
function readExpression(node: Expression, scope: Scope): void {
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    else if (value !== null && typeof value === 'object') {
      const { type, name } = value as { readonly type?: string; readonly name?: unknown }
      if (type === 'name' && typeof name === 'string' && !name.startsWith('\0')) scope.load(name)
      for (const child of Object.values(value)) if (child !== null && typeof child === 'object') visit(child)
    }
  }
  visit(node)
}
