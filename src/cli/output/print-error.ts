import pc from 'picocolors'
import { formatLocation, toMillraceError } from '../../base/index.js'

/** What, where, what to do next; the stack only for those who ask for it. */
export function printError(thrown: unknown, options: { json: boolean; debug: boolean }): void {
  const error = toMillraceError(thrown)
  if (options.json) {
    console.log(JSON.stringify({ error: error.toJSON() }))
    return
  }
  console.error(`${pc.red('error')} ${error.message} ${pc.dim(`(${error.code})`)}`)
  if (error.at) console.error(`  ${pc.dim('at')} ${formatLocation(error.at)}`)
  if (error.frame) console.error(error.frame)
  if (error.hint) console.error(`  ${pc.cyan('hint')} ${error.hint}`)
  if (options.debug) console.error((error.cause instanceof Error ? error.cause : error).stack)
}
