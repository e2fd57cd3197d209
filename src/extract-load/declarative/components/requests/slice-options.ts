import type { RequestOptions, RequestPlace, StreamSlice } from '../../component-contract.js'
import type { Interpolation } from '../../interpolation/index.js'
import { compileRequestOption, type RequestOptionDefinition } from './request-option.js'

/** A field of a slice, and where its value goes in a request; nowhere without an option. */
export interface SliceOption {
  readonly option: RequestOptionDefinition | undefined
  readonly field: string
}

export const noOptions: RequestOptions = {}

/** Puts what a slice says into its requests. @param valueIn undefined: the field is left out */
export function sliceOptions(
  options: readonly SliceOption[],
  interpolation: Interpolation,
  valueIn: (slice: StreamSlice, field: string) => unknown,
): (place: RequestPlace) => RequestOptions {
  const injected = options.flatMap(({ option, field }) =>
    option ? [{ ...compileRequestOption(option, interpolation), field }] : [],
  )
  if (injected.length === 0) return () => noOptions
  return ({ slice }) => {
    if (!slice) return noOptions
    const into = { params: {}, headers: {}, bodyData: {}, bodyJson: {} }
    for (const { inject, field } of injected) {
      const value = valueIn(slice, field)
      if (value !== undefined) inject(into, value)
    }
    return into
  }
}
