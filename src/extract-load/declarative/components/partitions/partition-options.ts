import type { RequestOptions, RequestPlace } from '../../contract.js'
import type { Interpolation } from '../../interpolation/index.js'
import { isTruthy } from '../../values/index.js'
import { compileRequestOption, type RequestOptionDefinition } from '../requests/request-option.js'

/** Puts the values of a partition into its requests; what Python takes for false is left out. */
export function partitionOptions(
  options: readonly { readonly option: RequestOptionDefinition | undefined; readonly field: string }[],
  interpolation: Interpolation,
): (place: RequestPlace) => RequestOptions {
  const injected = options.flatMap(({ option, field }) =>
    option ? [{ ...compileRequestOption(option, interpolation), field }] : [],
  )
  if (injected.length === 0) return () => noOptions
  return ({ slice }) => {
    if (!slice) return noOptions
    const into = { params: {}, headers: {}, bodyData: {}, bodyJson: {} }
    for (const { inject, field } of injected) {
      const value = field in slice.partition ? slice.partition[field] : slice.cursorSlice[field]
      if (isTruthy(value)) inject(into, value)
    }
    return into
  }
}

const noOptions: RequestOptions = {}
