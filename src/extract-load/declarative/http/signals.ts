import type { FailureType } from '../component-contract.js'

/** Thrown where the manifest says of a response that its pages are to be asked for anew, from the first one. */
export class PaginationReset extends Error {
  override readonly name = 'PaginationReset'
  constructor() {
    super('The pages are to be read again from the first one.')
  }
}

/** Thrown where the manifest says of a response that the same page is to be asked for in a smaller size. */
export class PageSizeReduction extends Error {
  override readonly name = 'PageSizeReduction'
  /** What the manifest says of it. */
  readonly explanation: string | undefined
  /** Where nobody can make the page smaller. */
  readonly failureType: FailureType = 'config_error'
  constructor(explanation: string | undefined) {
    super(explanation ?? 'The page is to be asked for in a smaller size.')
    this.explanation = explanation
  }
}

/** Thrown where the manifest says of a response that its window of time is to be asked for in smaller parts. */
export class RequestWindowSplit extends Error {
  override readonly name = 'RequestWindowSplit'
  /** What the manifest says of it. */
  readonly explanation: string | undefined
  readonly failureType: FailureType | undefined
  constructor(explanation: string | undefined, failureType: FailureType | undefined) {
    super(explanation ?? 'The window is to be asked for in smaller parts.')
    this.explanation = explanation
    this.failureType = failureType
  }
}
