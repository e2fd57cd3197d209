import type { SourceLocation } from '../../base/index.js'
import { dbtVersion } from '../dbt-version.js'
import { transformErrors } from '../errors.js'
import { asList } from './yaml-file.js'

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '>=': (order) => order >= 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '<': (order) => order < 0,
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '': (order) => order === 0,
}

/** `['>=1.8.0', '<2.0.0']`, `'>=1.8.0,<2.0.0'`: whether a version meets all of them; undefined for what is none. */
export function satisfies(version: string, ranges: unknown): boolean | undefined {
  const parts = asList(ranges)
    .flatMap((range) => String(range).split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '')
  let isMet = true
  for (const part of parts) {
    const match = /^(>=|<=|>|<|==?|)\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(part)
    if (!match) return undefined
    const [, operator = '', ...numbers] = match
    const compare = comparisons[operator] as (order: number) => boolean
    if (!compare(orderOf(version, numbers))) isMet = false
  }
  return isMet
}

function orderOf(version: string, wanted: readonly (string | undefined)[]): number {
  const actual = version.split('.').map((part) => Number.parseInt(part, 10))
  for (let i = 0; i < 3; i++) {
    const difference = (actual[i] ?? 0) - Number(wanted[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** @throws TRANSFORM_PROJECT_INVALID when a package asks for another version of dbt */
export function checkDbtVersion(name: string, required: unknown, at: SourceLocation): void {
  if (required === undefined || required === null) return
  const isMet = satisfies(dbtVersion, required)
  if (isMet) return
  const shown = asList(required).map(String).join(', ')
  throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
    message:
      isMet === undefined
        ? `\`require-dbt-version\` of '${name}' is not understood: ${shown}.`
        : `This version of dbt is not supported with the '${name}' package: it needs dbt ${shown}; Millrace behaves as dbt ${dbtVersion}.`,
    at,
    hint:
      isMet === undefined
        ? 'Write, for example, [">=1.8.0", "<2.0.0"].'
        : 'Install another version of the package, or change `require-dbt-version`.',
  })
}
