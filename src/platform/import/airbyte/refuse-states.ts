import { platformErrors } from '../../errors.js'

interface Refused {
  readonly name: string
  readonly refusals: readonly string[]
}

/** @throws IMPORT_STATE_UNKNOWN before anything is written */
export function refuseStates(all: readonly Refused[]): void {
  const refused = all.flatMap(({ name, refusals }) => refusals.map((why) => `${name}: ${why}.`))
  if (refused.length === 0) return
  throw platformErrors.create('IMPORT_STATE_UNKNOWN', {
    message: `Some syncs cannot go on from where Airbyte was; nothing was written.\n${refused.map((one) => `  ${one}`).join('\n')}`,
    hint: "Let Airbyte's own connectors go on reading (--prefer image), or leave its states behind (--without-state): then the first sync reads from the beginning. With --connection one goes this way and another that.",
  })
}
