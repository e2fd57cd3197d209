import type { Mapping, RequestOptions } from '../../component-contract.js'
import { emptyOptions, type RequestOptionPlace } from '../requests/request-option.js'

/** A token at the place where the manifest wants it. */
export function optionsWith(place: RequestOptionPlace, token: unknown): RequestOptions {
  const options = emptyOptions()
  place.inject(options, token)
  return options
}

/** The headers of it: what is put over a request before each try. */
export const headersWith = (place: RequestOptionPlace, token: unknown): Mapping =>
  place.injectInto === 'header' ? (optionsWith(place, token).headers ?? {}) : {}
