import { requireKinds, resourceKinds } from './option-kinds.js'
import { invalid, requireFunction, requireName } from './require.js'

/** What a resource can use while it is opened. */
export interface ResourceContext {
  readonly projectDir: string
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal
  log(message: string): void
}

export interface ResourceOptions<T, R extends Resources = NoResources> {
  readonly description?: string
  /** Other resources that it is made of: they are open before it opens, and are closed after it. */
  readonly resources?: R
  open(context: ResourceContext & { readonly resources: ResourceValues<R> }): Promise<T> | T
  close?(value: T): Promise<void> | void
}

/** A resource of whatever it opens to. */
export interface ResourceDefinition<T> {
  readonly type: 'resource'
  readonly name: string
  readonly description?: string | undefined
  readonly resources?: Resources | undefined
  open(context: never): Promise<T> | T
  close?(value: never): Promise<void> | void
}

/** By the name under which code sees them. */
export type Resources = Readonly<Record<string, ResourceDefinition<unknown>>>
export type NoResources = Readonly<Record<never, ResourceDefinition<unknown>>>
export type ResourceValues<R extends Resources> = {
  readonly [Name in keyof R]: R[Name] extends ResourceDefinition<infer T> ? T : never
}

/** Something that assets, checks and sensors work with, such as a client or a connection: opened when it is needed, and closed. */
export function resource<T, R extends Resources = NoResources>(
  name: string,
  options: ResourceOptions<T, R>,
): ResourceDefinition<T> {
  requireName('resource', name)
  requireKinds(`The resource ${name}`, options, resourceKinds)
  requireFunction(`The resource ${name}`, 'open', options.open)
  requireResources(`The resource ${name}`, options.resources)
  return { type: 'resource', name, ...options }
}

/** @throws DEFINITIONS_INVALID */
export function requireResources(what: string, resources: unknown): void {
  if (resources === undefined) return
  const hint = 'Give it `resources: { api: resource(…) }`: what resource() answers, by the name that its code uses.'
  if (resources === null || typeof resources !== 'object')
    throw invalid(`The resources of ${what.replace('The', 'the')} are none.`, hint)
  for (const [name, value] of Object.entries(resources))
    if ((value as { type?: unknown } | null | undefined)?.type !== 'resource')
      throw invalid(`\`${name}\` of the resources of ${what.replace('The', 'the')} is not a resource.`, hint)
}
