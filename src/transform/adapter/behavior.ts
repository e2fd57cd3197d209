import { transformErrors } from '../errors.js'

/** Flags of `flags:` that adapters know, with what holds when nothing is said. */
const adapterFlags: Readonly<Record<string, boolean>> = {
  enable_truthy_nulls_equals_macro: false,
  require_batched_execution_for_custom_microbatch_strategy: true,
}

/** `adapter.behavior` in templates: how the project turns the adapter's flags. Each is a condition, and has `no_warn`. */
export function behaviorObject(flags: Readonly<Record<string, unknown>>, ofEngine: Readonly<Record<string, boolean>>) {
  const known = new Map(Object.entries({ ...adapterFlags, ...ofEngine }))
  const flag = (name: string): unknown => {
    const usual = known.get(name)
    if (usual === undefined)
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `The flag ${name} has not been registered.`,
        hint: `This adapter knows ${[...known.keys()].join(', ')}.`,
      })
    const own = flags[name]
    const isTruthy = typeof own === 'boolean' ? own : usual
    return { isTruthy, pythonType: 'BehaviorFlagRendered', jinjaAttribute: attribute(name, isTruthy) }
  }
  return { pythonType: 'Behavior', jinjaAttribute: flag }
}

const attribute = (name: string, isOn: boolean) => (key: string) =>
  key === 'no_warn' || key === 'setting' ? isOn : key === 'name' ? name : undefined
