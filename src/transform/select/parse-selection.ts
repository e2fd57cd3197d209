import { transformErrors } from '../errors.js'
import { type Criterion, type IndirectSelection, type MethodName, methodNames, type Selection } from './selection.js'

const pattern =
  /^(?<at>@)?(?<parents>(?<parentsDepth>\d*)\+)?(?:(?<method>[\w.]+):)?(?<value>.*?)(?<children>\+(?<childrenDepth>\d*))?$/s

/** One criterion as it is typed: `+tag:nightly`, `@model`, `models/staging`. @throws TRANSFORM_SELECTION */
export function parseCriterion(raw: string, indirect: IndirectSelection): Criterion {
  const { at, parents, parentsDepth, method, value, children, childrenDepth } = pattern.exec(raw)?.groups ?? {}
  return criterion({
    raw,
    method: method ?? defaultMethod(value ?? ''),
    value: value ?? '',
    withChildrensParents: at !== undefined,
    parentsDepth: parents === undefined ? undefined : depth(parentsDepth),
    childrenDepth: children === undefined ? undefined : depth(childrenDepth),
    indirect,
  })
}

/** The same as selectors.yml would have it, written out: `{parents: true, method: tag, value: nightly}`. */
export function writtenOut(raw: string): Record<string, unknown> {
  const { at, parents, parentsDepth, method, value = '', children, childrenDepth } = pattern.exec(raw)?.groups ?? {}
  return {
    ...(at && { childrens_parents: true }),
    ...(parents && { parents: true }),
    ...(parentsDepth && { parents_depth: parentsDepth }),
    method: method ?? defaultMethod(value),
    value,
    ...(children && { children: true }),
    ...(childrenDepth && { children_depth: childrenDepth }),
  }
}

export function criterion(
  fields: Omit<Criterion, 'kind' | 'method' | 'arguments'> & { readonly method: string },
): Criterion {
  const [name = '', ...rest] = fields.method.split('.')
  if (!(methodNames as readonly string[]).includes(name))
    throw transformErrors.create('TRANSFORM_SELECTION', {
      message: `'${name}' is not a valid method name, in the selection '${fields.raw}'.`,
      hint: `The methods are ${methodNames.join(', ')}.`,
    })
  if (fields.withChildrensParents && fields.childrenDepth !== undefined)
    throw transformErrors.create('TRANSFORM_SELECTION', {
      message: `In '${fields.raw}', the prefix "@" and the suffix "+" exclude each other.`,
      hint: '"@" takes the children already; leave "+" out.',
    })
  return { ...fields, kind: 'criterion', method: name as MethodName, arguments: rest }
}

const depth = (digits: string | undefined) =>
  digits === undefined || digits === '' ? Number.POSITIVE_INFINITY : Number(digits)

export function defaultMethod(value: string): MethodName {
  if (value.includes('/')) return 'path'
  return /\.(sql|py|csv)$/i.test(value) ? 'file' : 'fqn'
}

/** A union of what spaces separate, each an intersection of what commas separate. */
function parseUnion(values: readonly string[], indirect: IndirectSelection, isTyped: boolean): Selection {
  const parts = values
    .flatMap((value) => value.split(' '))
    .map(
      (raw): Selection => ({
        kind: 'intersection',
        parts: raw.split(',').map((part) => parseCriterion(part, indirect)),
        indirect,
        warnsWhenEmpty: isTyped ? raw : undefined,
      }),
    )
  return { kind: 'union', parts, indirect, warnsWhenEmpty: undefined }
}

const everything = ['fqn:*', 'source:*', 'exposure:*', 'metric:*', 'semantic_model:*']

/** `--select` and `--exclude` as one selection; without `--select` it is everything. */
export function parseSelection(
  select: readonly string[] | undefined,
  exclude: readonly string[] | undefined,
  indirect: IndirectSelection,
): Selection {
  const isTyped = select !== undefined && select.length > 0
  const included = parseUnion(isTyped ? select : everything, indirect, isTyped)
  const excluded = parseUnion(exclude ?? [], indirect, true)
  return { kind: 'difference', parts: [included, excluded], indirect: 'eager', warnsWhenEmpty: undefined }
}
