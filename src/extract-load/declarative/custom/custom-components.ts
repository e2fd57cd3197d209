/** What stands for the Python classes of a manifest, by the last part of `class_name`. */
export type CustomComponents = ReadonlyMap<string, unknown>

export const noCustomComponents: CustomComponents = new Map()

/** `source_declarative_manifest.components.UserExtractor` → `UserExtractor` */
export const implementationName = (className: string): string => className.slice(className.lastIndexOf('.') + 1)
