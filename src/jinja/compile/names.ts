import type { Expression, MacroNode, Statement, Target } from '../ast.js'

/** The names that a list of statements assigns in its own scope; what loops and macros assign inside stays there. */
export function assignedNames(statements: readonly Statement[]): Set<string> {
  const names = new Set<string>()
  const visit = (list: readonly Statement[]): void => {
    for (const statement of list) {
      switch (statement.type) {
        case 'set':
        case 'set_block':
          collectTarget(statement.target, names)
          break
        case 'macro':
          names.add(statement.variable)
          break
        case 'if':
          for (const branch of statement.branches) visit(branch.body)
          visit(statement.otherwise)
          break
      }
    }
  }
  visit(statements)
  return names
}

export function collectTarget(target: Target, names: Set<string>): void {
  if (target.type === 'name') names.add(target.name)
  else if (target.type === 'tuple') for (const item of target.items) collectTarget(item, names)
}

/** Every name that is read anywhere inside, and whether anything is called. */
function uses(nodes: readonly (Statement | Expression)[]): { readonly names: Set<string>; readonly calls: boolean } {
  const names = new Set<string>()
  let calls = false
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    else if (value !== null && typeof value === 'object') {
      const node = value as { type?: string; name?: unknown }
      if (node.type === 'name' && typeof node.name === 'string') names.add(node.name)
      else if (node.type === 'call') calls = true
      for (const child of Object.values(value)) if (child !== null && typeof child === 'object') visit(child)
    }
  }
  visit(nodes)
  return { names, calls }
}

/** Which of the names that a macro gets besides its parameters it reads, and whether it calls anything. */
export function macroNeeds(macro: Pick<MacroNode, 'body' | 'parameters'>) {
  const { names, calls } = uses([
    ...macro.body,
    ...macro.parameters.flatMap(({ fallback }) => (fallback ? [fallback] : [])),
  ])
  const isParameter = (name: string) => macro.parameters.some((parameter) => parameter.name === name)
  const needs = (name: string) => names.has(name) && !isParameter(name)
  return {
    varargs: needs('varargs'),
    kwargs: needs('kwargs'),
    caller: needs('caller') || isParameter('caller'),
    calls,
  }
}
