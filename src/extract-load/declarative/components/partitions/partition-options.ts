import type { RequestOptions, RequestPlace } from '../../component-contract.js'
import type { Interpolation } from '../../interpolation/index.js'
import { isTruthy } from '../../values/index.js'
import { type SliceOption, sliceOptions } from '../requests/slice-options.js'

/** Puts the values of a partition into its requests; what Python takes for false is left out. */
export const partitionOptions = (
  options: readonly SliceOption[],
  interpolation: Interpolation,
): ((place: RequestPlace) => RequestOptions) =>
  sliceOptions(options, interpolation, ({ partition, cursorSlice }, field) => {
    const value = field in partition ? partition[field] : cursorSlice[field]
    return isTruthy(value) ? value : undefined
  })
