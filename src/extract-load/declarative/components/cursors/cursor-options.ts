import type { RequestOptions, RequestPlace } from '../../contract.js'
import type { Interpolation } from '../../interpolation/index.js'
import { compileRequestOption, type RequestOptionDefinition } from '../requests/request-option.js'

/** Puts the boundaries of a slice into its requests. A slice without them says null, as the CDK has it. */
export function boundaryOptions(
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
    for (const { inject, field } of injected) inject(into, slice.cursorSlice[field] ?? slice.partition[field] ?? null)
    return into
  }
}

export const noOptions: RequestOptions = {}
