/** Templates of manifests: Jinja with the CDK's names, functions and literal evaluation. */

export { interpolationOf } from './interpolation.js'
export type { Evaluated, Interpolation, MappingOptions, ValueOptions, ValueType } from './interpolation-contract.js'
export { type ParsedTemplate, templateParser, wantedSettings } from './parse-template.js'
export { pythonLiteral } from './python-literal.js'
export { isTrue } from './truth.js'
