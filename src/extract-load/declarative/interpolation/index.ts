/** Templates of manifests: Jinja with the CDK's names, functions and literal evaluation. */
export type { Evaluated, Interpolation, ValueOptions, ValueType } from './contract.js'
export { createInterpolation } from './interpolation.js'
export { NoJsonValue, pythonLiteral } from './python-literal.js'
export { sliceView } from './slice-view.js'
export { isTrue } from './truth.js'
