import { componentType } from '../component.js'
import type { Mapping } from '../component-contract.js'
import { type CustomComponents, implementationName } from '../custom/custom-components.js'
import type { Problem } from './problem.js'
import { visitComponents } from './visit-components.js'

/** Components that are classes of Python, and that nothing of ours stands for. */
export function missingImplementations(root: Mapping, custom: CustomComponents): Problem[] {
  const problems: Problem[] = []
  visitComponents(root, ({ type, class_name: className }, path) => {
    if (!type.startsWith('Custom') || typeof className !== 'string' || !componentType(type)) return
    const name = implementationName(className)
    if (!custom.has(name))
      problems.push({
        path: [...path, 'class_name'],
        message: `${type} \`${name}\` is written in Python`,
        unsupported: `${name} (${type})`,
        isPython: true,
      })
  })
  return problems
}
