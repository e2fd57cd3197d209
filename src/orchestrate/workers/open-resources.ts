import type { ResourceDefinition, Resources } from '../authoring/resource.js'
import { orchestrateErrors } from '../errors.js'
import { located } from './located.js'
import type { Place } from './own-folders.js'

/** One that never closes must not hold up the run. */
const usualCloseMs = 10_000

export interface ResourceSurroundings {
  readonly project: Place
  readonly signal: AbortSignal
  readonly print: (level: 'info' | 'warn', message: string) => void
  readonly closeMs?: number
  readonly given?: { readonly resources: ReadonlyMap<ResourceDefinition<unknown>, unknown> } | undefined
}

/** The resources of one task: each is opened once, when something first asks for it. */
export class OpenResources {
  readonly #around: ResourceSurroundings
  readonly #values = new Map<ResourceDefinition<unknown>, Promise<unknown>>()
  /** In the order in which they opened: what a resource is made of comes before it. */
  readonly #open: { readonly definition: ResourceDefinition<unknown>; readonly value: unknown }[] = []

  constructor(around: ResourceSurroundings) {
    this.#around = around
  }

  /** Their values by the same names. @throws RESOURCE_FAILED that says which one */
  async values(resources: Resources = {}): Promise<Readonly<Record<string, unknown>>> {
    const found: Record<string, unknown> = {}
    // One after the other: what fails leaves none half open behind it.
    for (const [name, definition] of Object.entries(resources)) found[name] = await this.#value(definition)
    return found
  }

  #value(definition: ResourceDefinition<unknown>): Promise<unknown> {
    const known = this.#values.get(definition)
    if (known) return known
    const { resources } = this.#around.given ?? {}
    if (resources?.has(definition)) return Promise.resolve(resources.get(definition))
    const value = this.#opened(definition)
    this.#values.set(definition, value)
    return value
  }

  async #opened(definition: ResourceDefinition<unknown>): Promise<unknown> {
    const { project, signal, print } = this.#around
    const resources = await this.values(definition.resources)
    const log = (message: string) => print('info', String(message))
    try {
      const value = await definition.open({ projectDir: project.projectDir, signal, log, resources } as never)
      this.#open.push({ definition, value })
      return value
    } catch (thrown) {
      const error = located(thrown, 'RESOURCE_FAILED', project)
      throw orchestrateErrors.create('RESOURCE_FAILED', {
        message: `The resource ${definition.name} could not be opened: ${error.message}`,
        at: error.at,
        frame: error.frame,
        hint: error.hint,
        cause: thrown,
      })
    }
  }

  /** Closes them, the last one first. One that cannot be closed is told in the log: the work is done. */
  async close(): Promise<void> {
    const { print, closeMs = usualCloseMs } = this.#around
    for (const { definition, value } of this.#open.splice(0).reverse())
      try {
        await within(closeMs, async () => definition.close?.(value as never))
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown.message : String(thrown)
        print('warn', `The resource ${definition.name} could not be closed: ${why}`)
      }
  }
}

async function within(limitMs: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${limitMs / 1000} s`)), limitMs)
  })
  await Promise.race([work(), late]).finally(() => clearTimeout(timer))
}
