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
          names.add(statement.name)
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

/** Every name that is read anywhere inside; used to see whether `caller`, `varargs` and `kwargs` are needed. */
function usedNames(nodes: readonly (Statement | Expression)[]): Set<string> {
  const names = new Set<string>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    else if (value !== null && typeof value === 'object') {
      const node = value as { type?: string; name?: unknown }
      if (node.type === 'name' && typeof node.name === 'string') names.add(node.name)
      for (const child of Object.values(value)) if (child !== null && typeof child === 'object') visit(child)
    }
  }
  visit(nodes)
  return names
}

export function macroNeeds(macro: Pick<MacroNode, 'body' | 'parameters'>) {
  const used = usedNames([...macro.body, ...macro.parameters.flatMap(({ fallback }) => (fallback ? [fallback] : []))])
  const isParameter = (name: string) => macro.parameters.some((parameter) => parameter.name === name)
  const needs = (name: string) => used.has(name) && !isParameter(name)
  return { varargs: needs('varargs'), kwargs: needs('kwargs'), caller: needs('caller') || isParameter('caller') }
}
