import { failure } from '../../failure.js'

const units: readonly (readonly [pattern: string, seconds: number])[] = [
  ['W', 604_800],
  ['D', 86_400],
  ['H', 3600],
  ['M', 60],
  ['S', 1],
]
const pattern = /^P(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/

/** An ISO duration that is always the same number of seconds: months and years are none. */
export function fixedSeconds(text: string): number {
  const parts = pattern.exec(text)?.slice(1) ?? []
  const seconds = units.reduce((sum, [, unit], at) => sum + Number(parts[at] ?? 0) * unit, 0)
  if (seconds > 0) return seconds
  throw failure('MANIFEST_INVALID', {
    message: `\`min_split_window\` is ${JSON.stringify(text)}, which is no fixed time above zero.`,
    hint: 'Write days, hours, minutes or seconds: `P1D`, `PT6H`.',
    failureType: 'config_error',
  })
}
