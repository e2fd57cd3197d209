import type { Clock } from '../../../base/index.js'
import { isFloat, isInt, PyTuple, str } from '../../../jinja/index.js'
import type { FieldPath, LocateTemplate, Mapping, TemplatePlace, TemplateValues } from '../component-contract.js'
import { setKey } from '../dpath/index.js'
import { type TemplateLanguage, templateLanguage } from './environment.js'
import type { Evaluated, Interpolation, MappingOptions, ValueOptions, ValueType } from './interpolation-contract.js'
import { readAgain } from './printed.js'
import { ManifestTemplate, nothing } from './template.js'
import { isTrue } from './truth.js'

const isOfType: Readonly<Record<ValueType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: isFloat,
  // A bool is an int to Python.
  integer: isInt,
  boolean: (value) => typeof value === 'boolean',
}

type IsWanted = (value: unknown) => boolean

const isTextOrList: IsWanted = (value) =>
  typeof value === 'string' || (Array.isArray(value) && !(value instanceof PyTuple))

/** What is printed, read again; the text that it is, where something else is wanted than what comes of that. */
function reader(isWanted: IsWanted | undefined): (printed: unknown) => unknown {
  if (!isWanted) return readAgain
  return (printed) => {
    const value = readAgain(printed)
    return isWanted(value) ? value : str(printed)
  }
}

const isEmpty = (printed: unknown) => printed === '' || (typeof printed === 'object' && str(printed) === '')

/** Where the templates of one source are read, with its config in their context. */
class ManifestInterpolation implements Interpolation {
  readonly #config: Mapping
  readonly #parameters: Mapping
  readonly #language: TemplateLanguage
  readonly #locate: LocateTemplate | undefined
  readonly #owner: object | undefined

  constructor(
    config: Mapping,
    parameters: Mapping,
    language: TemplateLanguage,
    locate: LocateTemplate | undefined,
    owner?: object,
  ) {
    this.#config = config
    this.#parameters = parameters
    this.#language = language
    this.#locate = locate
    this.#owner = owner
  }

  withParameters(parameters: Mapping, owner: object | undefined = this.#owner): Interpolation {
    return new ManifestInterpolation(this.#config, parameters, this.#language, this.#locate, owner)
  }

  value(template: unknown, options: ValueOptions = {}): Evaluated<unknown> {
    if (typeof template !== 'string') return () => template
    const otherwise = typeof options.default === 'string' && options.default !== '' ? options.default : template
    const evaluate = this.#evaluate(template, otherwise, options.type && isOfType[options.type])
    // What says its own text at first is no template to the CDK, also where only its first values made it so.
    let isText: boolean | undefined
    return (values) => {
      if (isText === true) return template
      const value = evaluate(values)
      isText ??= value === template
      return value
    }
  }

  text(template: unknown): Evaluated<string> {
    const evaluate = this.value(template)
    return (values) => str(evaluate(values))
  }

  boolean(condition: unknown): Evaluated<boolean> {
    if (typeof condition === 'boolean') return () => condition
    const evaluate = this.#evaluate(str(condition), 'False', undefined)
    return (values) => isTrue(evaluate(values))
  }

  mapping(template: Mapping | undefined, { literals }: MappingOptions = {}): Evaluated<Mapping> {
    const isWanted = literals === 'lists' ? isTextOrList : undefined
    const entries = Object.entries(template ?? {}).map(
      ([name, value]) =>
        [
          this.#evaluate(name, undefined, isOfType.string),
          typeof value === 'string' ? this.#evaluate(value, undefined, isWanted) : () => value,
        ] as const,
    )
    return (values) => {
      const mapping: Record<string, unknown> = {}
      for (const [name, value] of entries) setKey(mapping, str(name(values)), value(values))
      return mapping
    }
  }

  nested(template: unknown): Evaluated<unknown> {
    if (typeof template === 'string') return this.#evaluate(template, undefined, undefined)
    if (Array.isArray(template)) {
      const items = template.map((item) => this.nested(item))
      return (values) => items.map((item) => item(values))
    }
    if (template === null || typeof template !== 'object' || Object.getPrototypeOf(template) !== Object.prototype)
      return () => template
    const entries = Object.entries(template).map(([name, value]) => [this.nested(name), this.nested(value)] as const)
    return (values) => {
      const mapping: Record<string, unknown> = {}
      for (const [name, item] of entries) {
        const value = item(values)
        if (value !== null) setKey(mapping, str(name(values)), value)
      }
      return mapping
    }
  }

  recordPaths(template: unknown): readonly FieldPath[] | undefined {
    if (typeof template !== 'string') return []
    try {
      return new ManifestTemplate(template, this.#language).recordPaths
    } catch {
      // What is wrong with it is told of the stream that asks it.
      return undefined
    }
  }

  /** @param otherwise what says it where the template says nothing; null comes of it where there is none */
  #evaluate(template: string, otherwise: string | undefined, isWanted: IsWanted | undefined): Evaluated<unknown> {
    const read = reader(isWanted)
    const ask = this.#ask(template)
    const askOtherwise = otherwise === undefined || otherwise === template ? undefined : this.#ask(otherwise)
    return (values) => {
      const printed = ask(values, askOtherwise === undefined && otherwise !== undefined)
      if (printed !== nothing && !isEmpty(printed)) return read(printed)
      if (otherwise === undefined) return null
      return askOtherwise ? read(askOtherwise(values, true)) : ''
    }
  }

  /** Read when it is first asked: what is wrong with it is told of the stream that needs it. */
  #ask(source: string): (values: TemplateValues | undefined, isWanted: boolean) => unknown {
    const [config, parameters, language] = [this.#config, this.#parameters, this.#language]
    const [locate, owner] = [this.#locate, this.#owner]
    // Looked for once, also where it is nowhere: some fail with each response.
    let place: { readonly found: TemplatePlace | undefined } | undefined
    const placeOf = () => {
      place ??= { found: owner && locate?.(owner, source) }
      return place.found
    }
    let template: ManifestTemplate | undefined
    return (values, isWanted) => {
      template ??= new ManifestTemplate(source, language, placeOf)
      const printed = template.evaluate(config, parameters, values)
      if (printed === nothing && isWanted) throw template.undefinedError(config, parameters, values)
      return printed
    }
  }
}

/** The templates of a source with this config. Their clock and their random numbers are the source's. */
export function interpolationOf(
  config: Mapping,
  services: {
    readonly clock: Pick<Clock, 'now'>
    readonly random?: (() => number) | undefined
    readonly locateTemplate?: LocateTemplate | undefined
  },
): Interpolation {
  return new ManifestInterpolation(
    config,
    {},
    templateLanguage(services.clock, services.random ?? Math.random),
    services.locateTemplate,
  )
}
