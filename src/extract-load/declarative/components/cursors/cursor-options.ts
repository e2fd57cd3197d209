import type { RequestOptions, RequestPlace } from '../../component-contract.js'
import type { Interpolation } from '../../interpolation/index.js'
import { type SliceOption, sliceOptions } from '../requests/slice-options.js'

/** Puts the boundaries of a slice into its requests. A slice without them says null, as the CDK has it. */
export const boundaryOptions = (
  options: readonly SliceOption[],
  interpolation: Interpolation,
): ((place: RequestPlace) => RequestOptions) =>
  sliceOptions(options, interpolation, (slice, field) => slice.cursorSlice[field] ?? slice.partition[field] ?? null)
