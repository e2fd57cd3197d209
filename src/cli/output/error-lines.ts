import { type ErrorJson, formatLocation } from '../../base/index.js'
import { out, type Palette } from './colors.js'

/** What, where, what to do next: a line each, and what goes on over several lines stands below its first. */
export function errorLines({ code, message, at, frame, hint }: ErrorJson, palette: Palette = out): string[] {
  const [what = '', ...more] = message.split('\n')
  const [todo = '', ...steps] = (hint ?? '').split('\n')
  return [
    `${palette.red('error')} ${what} ${palette.dim(`(${code})`)}`,
    ...more.map((line) => `  ${line}`.trimEnd()),
    ...(at === undefined ? [] : [`  ${palette.dim('at')} ${formatLocation(at)}`]),
    ...(frame === undefined ? [] : frame.split('\n')),
    ...(hint === undefined ? [] : [`  ${palette.cyan('hint')} ${todo}`, ...steps.map((line) => `       ${line}`)]),
  ]
}
