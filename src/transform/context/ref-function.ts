import { functionOf, type Kwargs, str, typeName } from '../../jinja/index.js'
import { transformErrors } from '../errors.js'

type FindNode = (name: string, packageName: string | null, version: string | number | null) => unknown

const refOf = functionOf('ref', ['*args', '**kwargs'])

/** `ref('m')`, `ref('pkg', 'm')`, `ref('m', v=2)`; `config` makes what `ref.config` is. */
export function refFunction(find: FindNode, config?: () => unknown) {
  const called = refOf((args: unknown[], kwargs: Kwargs) => {
    if (args.length === 0 || args.length > 2)
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `ref() takes one or two names, and was given ${args.length}.`,
        hint: "Write ref('model') or ref('package', 'model').",
      })
    const [packageName, name] = args.length === 2 ? args : [null, args[0]]
    const version = kwargs.entries.get('version') ?? kwargs.entries.get('v') ?? null
    return find(
      namedBy(name, 'The name argument to ref()'),
      packageName === null ? null : namedBy(packageName, 'The package argument to ref()'),
      version as string | number | null,
    )
  })
  return { ...called, jinjaAttribute: (name: string) => (name === 'config' ? config?.() : undefined) }
}

/** A name that a template gives. @throws TRANSFORM_COMPILE for what is none: most often the quotes are missing */
export function namedBy(value: unknown, what: string): string {
  const type = typeName(value)
  if (type === 'str' || type === 'Markup') return str(value)
  throw transformErrors.create('TRANSFORM_COMPILE', {
    message: `${what} must be a string, got ${type}.`,
    hint:
      type === 'Undefined'
        ? "There is no variable of this name. Of a model's name, or a source's, quotes are a part: ref('orders')."
        : "Names stand in quotes: ref('orders').",
  })
}
