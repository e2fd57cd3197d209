import { MillraceError } from '../../../base/index.js'
import { type Context, str, type Template, Undefined } from '../../../jinja/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { FieldPath, Mapping, TemplatePlace, TemplateValues } from '../component-contract.js'
import { type DirectPath, directPath, elsewhere, follow } from './direct-path.js'
import type { TemplateLanguage } from './environment.js'
import { recordPaths } from './record-paths.js'
import { undeclaredNames } from './undeclared-names.js'

/** What a template says: the value of its only expression, or a text; `nothing` where Python would have an UndefinedError. */
export const nothing = Symbol('undefined')

const slicesByOtherNames = new Set(['stream_interval', 'stream_partition'])
const removed = 'stream_state'

/** Asked once something failed. */
type PlaceOf = () => TemplatePlace | undefined

/** A text of a manifest, read once. */
export class ManifestTemplate {
  readonly source: string
  readonly #template: Template
  readonly #names: readonly string[]
  readonly #path: DirectPath | undefined
  readonly #placeOf: PlaceOf

  /** @throws MANIFEST_TEMPLATE_FAILED for what is no template */
  constructor(source: string, language: TemplateLanguage, placeOf: PlaceOf = () => undefined) {
    this.source = source
    this.#placeOf = placeOf
    if (source.includes(removed))
      throw templateError(source, placeOf, {
        why: `uses \`${removed}\`, which templates no longer have.`,
        hint: 'Use `stream_interval` instead.',
        data: { failureType: 'config_error' },
      })
    this.#template = read(source, language, placeOf)
    this.#names = undeclaredNames(this.#template.statements, language.globals)
    this.#path = directPath(this.#template.statements)
  }

  /** The fields of `record` that it may look at; undefined where it may look at any. */
  get recordPaths(): readonly FieldPath[] | undefined {
    return recordPaths(this.#template.statements)
  }

  /** The text, where an operation does not fit its values: that is what the CDK makes of Python's TypeError. */
  evaluate(config: Mapping, parameters: Mapping | undefined, values: TemplateValues | undefined): unknown {
    const path = this.#path
    if (path) {
      const root = named(path.name, config, parameters, values)
      if (root !== undefined) {
        const found = follow(root, path.keys)
        if (found !== elsewhere) return found === undefined ? '' : found
      }
    }
    for (const name of this.#names)
      if (named(name, config, parameters, values) === undefined) throw undeclared(this.source, this.#placeOf, name)
    try {
      const value = this.#template.evaluateSync(new TemplateContext(config, parameters, values))
      return value instanceof Undefined ? '' : value
    } catch (error) {
      if (error instanceof MillraceError && error.code === 'JINJA_TYPE') return this.source
      if (error instanceof MillraceError && error.code === 'JINJA_UNDEFINED') return nothing
      throw failed(this.source, this.#placeOf, error)
    }
  }

  /** Why it says nothing, where something was wanted. */
  undefinedError(config: Mapping, parameters: Mapping | undefined, values: TemplateValues | undefined): Error {
    try {
      this.#template.evaluateSync(new TemplateContext(config, parameters, values))
    } catch (error) {
      return failed(this.source, this.#placeOf, error)
    }
    return failed(this.source, this.#placeOf, new Error('it says nothing'))
  }
}

/** A million turns: no manifest means to make so many for one value. */
const mostPauses = 1000

class TemplateContext implements Context {
  readonly #config: Mapping
  readonly #parameters: Mapping | undefined
  readonly #values: TemplateValues | undefined
  #pauses = 0
  constructor(config: Mapping, parameters: Mapping | undefined, values: TemplateValues | undefined) {
    this.#config = config
    this.#parameters = parameters
    this.#values = values
  }
  get(name: string): unknown {
    return named(name, this.#config, this.#parameters, this.#values)
  }
  /** Loops and macros ask it after each thousand turns. */
  pause(): undefined {
    if (++this.#pauses > mostPauses) throw new Error('it goes on without an end')
    return undefined
  }
}

function named(
  name: string,
  config: Mapping,
  parameters: Mapping | undefined,
  values: TemplateValues | undefined,
): unknown {
  if (name === 'config') return config
  if (values !== undefined && Object.hasOwn(values, name)) {
    const value = values[name]
    if (value !== undefined) return value
  }
  if (name === 'parameters') return parameters
  return slicesByOtherNames.has(name) ? values?.stream_slice : undefined
}

function read(source: string, { environment }: TemplateLanguage, placeOf: PlaceOf): Template {
  try {
    return environment.compile({ name: 'template', source })
  } catch (error) {
    throw failed(source, placeOf, error)
  }
}

const mostShown = 300
const shown = (source: string) => `\`${source.length > mostShown ? `${source.slice(0, mostShown)}…` : source}\``

function templateError(
  source: string,
  placeOf: PlaceOf,
  {
    why,
    ...details
  }: { readonly why: string; readonly hint: string; readonly data?: Mapping; readonly cause?: unknown },
): Error {
  const { at, of = '' } = placeOf() ?? {}
  const owner = of === '' ? '' : ` of ${of}`
  return extractLoadErrors.create('MANIFEST_TEMPLATE_FAILED', {
    message: `The template ${shown(source)}${owner} ${why}`,
    at,
    ...details,
  })
}

const undeclared = (source: string, placeOf: PlaceOf, name: string): Error =>
  templateError(source, placeOf, {
    why: `uses the name \`${name}\`, which is not there at this place.`,
    hint: 'Names are `config`, `parameters`, and what the component gives to its templates, as `record` or `response`.',
    data: { undeclared: name },
  })

const failed = (source: string, placeOf: PlaceOf, cause: unknown): Error =>
  templateError(source, placeOf, {
    why: `failed: ${cause instanceof Error ? cause.message : str(cause)}`,
    hint: 'Compare what it asks for with the values at this place, and give names that may be missing a default.',
    cause,
  })
