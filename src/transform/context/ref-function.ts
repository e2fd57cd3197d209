import { defineFunction, type Kwargs, str } from '../../jinja/index.js'
import { transformErrors } from '../errors.js'

type FindNode = (name: string, packageName: string | null, version: string | number | null) => unknown

/** `ref('m')`, `ref('pkg', 'm')`, `ref('m', v=2)` */
export function refFunction(find: FindNode) {
  return defineFunction('ref', ['*args', '**kwargs'], (args: unknown[], kwargs: Kwargs) => {
    if (args.length === 0 || args.length > 2)
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `ref() takes one or two names, and was given ${args.length}.`,
        hint: "Write ref('model') or ref('package', 'model').",
      })
    const names = args.map((arg) => str(arg))
    const version = kwargs.entries.get('version') ?? kwargs.entries.get('v') ?? null
    return find(
      names.at(-1) as string,
      names.length > 1 ? (names[0] as string) : null,
      version as string | number | null,
    )
  })
}
