export { type ApiBudget, apiBudgetKey, type CallRatePolicy } from './budget.js'
export { type HttpTransportOptions, httpTransport } from './http-transport.js'
export { PageSizeReduction, PaginationReset, RequestWindowSplit } from './signals.js'
export { TransportError, type TransportProblem } from './transport-error.js'
