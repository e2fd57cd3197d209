import { isCallable } from './callable.js'
import { binary, contains, equals, order } from './operators.js'
import { str } from './print.js'
import { isFloat, isInt, isIterable, isMapping, isNumber, Markup, typeName, Undefined } from './values.js'

export type JinjaTest = (value: unknown, ...args: unknown[]) => boolean

const remainder = (value: unknown, by: unknown) => binary('%', value, by)
const text = (value: unknown) => str(value)
const isSequence = (value: unknown) =>
  value instanceof Undefined ||
  Array.isArray(value) ||
  typeof value === 'string' ||
  isMapping(value) ||
  value instanceof Markup

/** Jinja's built-in tests, and the operator forms that `select` and friends take. */
export const builtinTests: Readonly<Record<string, JinjaTest>> = {
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  none: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  integer: (value) => isInt(value) && typeof value !== 'boolean',
  float: (value) => isFloat(value),
  number: (value) => isNumber(value),
  string: (value) => typeof value === 'string' || value instanceof Markup,
  mapping: isMapping,
  sequence: isSequence,
  iterable: isIterable,
  // Python's undefined can be called too, if only to fail.
  callable: (value) => value instanceof Undefined || isCallable(value),
  escaped: (value) => value instanceof Markup,
  sameas: (value, other) =>
    value === other ||
    (isNumber(value) && isNumber(other) && typeName(value) === typeName(other) && equals(value, other)),
  odd: (value) => equals(remainder(value, 2), 1),
  even: (value) => equals(remainder(value, 2), 0),
  divisibleby: (value, by) => equals(remainder(value, by), 0),
  lower: (value) => text(value).toLowerCase() === text(value) && text(value).toUpperCase() !== text(value),
  upper: (value) => text(value).toUpperCase() === text(value) && text(value).toLowerCase() !== text(value),
  in: (value, container) => contains(container, value),
  eq: (a, b) => equals(a, b),
  equalto: (a, b) => equals(a, b),
  '==': (a, b) => equals(a, b),
  ne: (a, b) => !equals(a, b),
  '!=': (a, b) => !equals(a, b),
  lt: (a, b) => order(a, b, '<') < 0,
  lessthan: (a, b) => order(a, b, '<') < 0,
  '<': (a, b) => order(a, b, '<') < 0,
  le: (a, b) => order(a, b, '<=') <= 0,
  '<=': (a, b) => order(a, b, '<=') <= 0,
  gt: (a, b) => order(a, b, '>') > 0,
  greaterthan: (a, b) => order(a, b, '>') > 0,
  '>': (a, b) => order(a, b, '>') > 0,
  ge: (a, b) => order(a, b, '>=') >= 0,
  '>=': (a, b) => order(a, b, '>=') >= 0,
}
