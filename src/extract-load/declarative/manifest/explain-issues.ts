import type { z } from 'zod'
import { didYouMean, isMapping, valueAt } from '../../../base/index.js'
import { componentTypes } from '../component.js'
import { knownFields } from './known-fields.js'
import type { Problem } from './problem.js'

type Issue = z.core.$ZodIssue

const unknownType = /^unknown component type `(.*)`$/

/** What a schema found wrong, in words that name the field. */
export function explainIssues(issues: readonly Issue[], root: unknown): Problem[] {
  return issues.flatMap((issue) => explained(issue, root))
}

function explained(issue: Issue, root: unknown): Problem[] {
  const { path } = issue
  if (issue.code === 'invalid_union') return explainedUnion(issue, root)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: `\`${key}\` is no field of it` }))
  const [, type] = unknownType.exec(issue.message) ?? []
  if (type !== undefined) return [{ path: [...path, 'type'], message: unknownTypeMessage(type), unsupported: type }]
  const name = String(path.at(-1) ?? 'the manifest')
  const found = valueAt(root, path as (string | number)[])
  const owner = ownerOf(root, path)
  if (found === undefined && issue.code !== 'custom') return [missing(issue, root, name, owner)]
  const message = issue.message.replace(/^Invalid (?:input|option): /, '')
  return [{ path, message: `\`${name}\`${owner}: ${message}` }]
}

function missing({ path }: Issue, root: unknown, name: string, owner: string): Problem {
  const holderPath = path.slice(0, -1)
  const holder = valueAt(root, holderPath as (string | number)[])
  const known = isMapping(holder) && typeof holder.type === 'string' ? knownFields(holder.type) : undefined
  const message = `\`${name}\` is missing${owner}`
  if (!isMapping(holder) || !known) return { path: holderPath, message }
  const meant = Object.keys(holder).find((key) => !known.has(key) && didYouMean(key, [name]) !== undefined)
  if (meant === undefined) return { path: holderPath, message }
  return { path: [...holderPath, meant], message: `${message}, which has no field \`${meant}\`` }
}

/** Of several things that a value may be, that one is told of which the value comes nearest. */
function explainedUnion(issue: Extract<Issue, { code: 'invalid_union' }>, root: unknown): Problem[] {
  const branches = issue.errors.map((errors) =>
    errors.map((error) => ({ ...error, path: [...issue.path, ...error.path] }) as Issue),
  )
  const found = valueAt(root, issue.path as (string | number)[])
  const depth = (errors: readonly Issue[]) => Math.max(0, ...errors.map((error) => error.path.length))
  const isOtherKind = (errors: readonly Issue[]) => errors.every((error) => error.path.length <= issue.path.length)
  const near = branches.filter((errors) => !isOtherKind(errors)).sort((a, b) => depth(b) - depth(a))
  const [nearest] =
    near.length > 0 && typeof found === 'object' ? near : branches.filter((errors) => errors.some(isUnknown))
  if (nearest) return explainIssues(nearest, root)
  const name = String(issue.path.at(-1) ?? 'the manifest')
  if (found === undefined) return [missing(issue, root, name, ownerOf(root, issue.path))]
  const wanted = [
    ...new Set(
      branches
        .flat()
        .map(({ message }) => message.replace(/^Invalid input: expected |, received .*$|^expected a /g, '')),
    ),
  ]
  return [{ path: issue.path, message: `\`${name}\`${ownerOf(root, issue.path)}: expected ${wanted.join(', or ')}` }]
}

const isUnknown = (issue: Issue) => unknownType.test(issue.message)

function unknownTypeMessage(type: string): string {
  const near = didYouMean(
    type,
    componentTypes().map((known) => known.type),
  )
  return `there is no component \`${type}\`${near === undefined ? '' : `. ${near}`}`
}

/** ` of SimpleRetriever`: the nearest component around. */
function ownerOf(root: unknown, path: readonly PropertyKey[]): string {
  for (let length = path.length - 1; length >= 0; length--) {
    const holder = valueAt(root, path.slice(0, length) as (string | number)[])
    if (isMapping(holder) && typeof holder.type === 'string') return ` of ${holder.type}`
  }
  return ''
}
