/** Jinja2 for TypeScript: templates compiled to JavaScript, with Python's semantics and printing. */
export type { BinaryOperator, Expression, MacroNode, NamedCall, Statement } from './ast.js'
export type { TopLevelBlock } from './blocks.js'
export type { Context } from './context.js'
export { type ContextValues, JinjaEnvironment, type JinjaOptions, type Module, type Template } from './environment.js'
export {
  JinjaRuntimeError,
  jinjaErrors,
  type LeavesMacro,
  macroStack,
  runtimeError,
  type StackEntry,
  type TemplateSource,
  typeError,
  undefinedError,
} from './errors.js'
export { expressionText } from './expression-text.js'
export type { BlockTag, BlockTagParser } from './parser/block-tag.js'
export { attribute, item, type JinjaObject } from './runtime/attributes.js'
export { call, defineFunction, functionOf, isCallable, type JinjaCallable, Kwargs, Macro } from './runtime/callable.js'
export { type FilterDefinition, type FilterScope, filter, scopedFilter } from './runtime/filters/registry.js'
export { fromJson, toJson } from './runtime/json.js'
export { literalEval } from './runtime/literal-eval.js'
export { pairs } from './runtime/methods/container-methods.js'
export { type Arithmetic, binary, compare, equals, order } from './runtime/operators.js'
export { floatText, type Printable, repr, str } from './runtime/print.js'
export { pythonFloat } from './runtime/python-float.js'
export {
  codePointLength,
  Decimal,
  float,
  isFloat,
  isInt,
  isNumber,
  isPlainObject,
  iterate,
  length,
  Markup,
  makeUndefined,
  Namespace,
  PyDict,
  PyFloat,
  PySet,
  PyTuple,
  toNumber,
  truthy,
  typeName,
  Undefined,
  type UndefinedKind,
} from './runtime/values.js'
