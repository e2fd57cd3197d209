import type { HttpRequest, HttpResponse } from '../component-contract.js'

/** How many calls may be made of an API in some time; it stands in the way of each request that it counts. */
export interface ApiBudget {
  /** Resolves when the request may be sent. */
  acquire(request: HttpRequest, signal: AbortSignal | undefined): Promise<void>
  /** What the API itself says of how many calls are left. */
  observe(request: HttpRequest, response: HttpResponse): void
}

/** One rule of a budget. */
export interface CallRatePolicy {
  matches(request: HttpRequest): boolean
  /** @returns how long to wait before it is asked again, in milliseconds; undefined: the call was counted and may be made */
  acquire(request: HttpRequest): number | undefined
  update(callsLeft: number | undefined, resetAtMs: number | undefined): void
}

/** Of a manifest that has none. */
export const noBudget: ApiBudget = { acquire: async () => {}, observe: () => {} }

/** Where the budget of a source is shared. */
export const apiBudgetKey = Symbol('api budget')
