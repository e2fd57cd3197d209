import type { BuildScope, ComponentKind, ComponentKinds } from '../component.js'
import type { Mapping } from '../component-contract.js'

/**
 * What stands for a Python class of a manifest: a function that makes the component, or a class that is it.
 * @param definition the component as the manifest has it, with `$parameters`
 * @param scope builds other components, evaluates templates, has the config and the clock
 * @param given what a component of its kind is given by the one it belongs to
 */
export type CustomComponent<K extends ComponentKind = ComponentKind> = (
  definition: Mapping & { readonly class_name: string },
  scope: BuildScope,
  given: ComponentKinds[K]['given'],
) => ComponentKinds[K]['built']

/** By the last part of `class_name`. */
export type CustomComponents = ReadonlyMap<string, CustomComponent>

export const noCustomComponents: CustomComponents = new Map()

/** `source_declarative_manifest.components.UserExtractor` → `UserExtractor` */
export const implementationName = (className: string): string => className.slice(className.lastIndexOf('.') + 1)
