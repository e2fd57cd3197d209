/** Why no response came, by the names of Python's `requests`, by which manifests' error handlers know them. */
export type TransportProblem =
  | 'ConnectTimeout'
  | 'ReadTimeout'
  | 'ConnectionError'
  | 'SSLError'
  | 'ChunkedEncodingError'
  | 'ContentDecodingError'
  | 'TooManyRedirects'
  | 'InvalidSchema'
  | 'InvalidURL'
  | 'MissingSchema'

/** No response, or not all of one. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly problem: TransportProblem
  constructor(problem: TransportProblem, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.problem = problem
  }
}
