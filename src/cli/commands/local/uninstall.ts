import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { localOptions } from '../../local-options.js'
import { confirm } from '../../questions.js'

interface UninstallOptions extends GlobalOptions {
  readonly persisted?: boolean
  readonly yes?: boolean
}

export const uninstall: CommandDefinition = {
  name: 'uninstall',
  summary: 'Stop what is installed and take it away; the project and its data stay',
  options: [
    new Option('--persisted', 'delete the data too: .millrace with store, accounts and a DuckDB warehouse in it'),
    new Option('--yes', 'do not ask'),
  ],
  examples: [
    ['millrace local uninstall', '`millrace local install` brings all of it back'],
    ['millrace local uninstall --persisted', 'asks first; never deletes a file of the project'],
  ],
  json: '{project, dir, stateDir, title?, isDataDeleted, hasStoreElsewhere}',
  async run(options: UninstallOptions) {
    const { openLocal } = await import('../../../platform/index.js')
    let isRefused = false
    const gone = await (await openLocal()).uninstallLocal({
      ...localOptions(options),
      mayDelete: options.persisted
        ? async (stateDir, holds) => {
            const isAllowed = await mayDelete(stateDir, holds, options)
            isRefused = !isAllowed
            return isAllowed
          }
        : undefined,
    })
    if (options.json) console.log(JSON.stringify(gone))
    else if (isRefused) console.log('Nothing was changed.')
    else {
      console.log(
        gone.title === undefined
          ? `${gone.project} was not installed.`
          : `${gone.project} is no longer installed (${gone.title}).`,
      )
      console.log(
        gone.isDataDeleted
          ? `Deleted ${gone.stateDir}. The files of the project stay in ${gone.dir}.`
          : `The project stays in ${gone.dir}, its data in ${gone.stateDir}.`,
      )
      if (gone.isDataDeleted && gone.hasStoreElsewhere)
        console.log('The history of runs and the accounts lie in a PostgreSQL elsewhere, and stay there.')
    }
    return isRefused ? 1 : 0
  },
}

/** @throws CLI_USAGE where nobody can be asked */
async function mayDelete(
  stateDir: string,
  holds: readonly string[],
  { yes, json }: UninstallOptions,
): Promise<boolean> {
  if (yes) return true
  if (json || process.stdin.isTTY !== true)
    throw cliErrors.create('CLI_USAGE', {
      message: `${stateDir} would be deleted for good, and nobody can be asked.`,
      hint: 'Without a terminal, say so with --yes.',
    })
  console.log(`To be deleted for good, with all runs, accounts and tables in it: ${stateDir}`)
  console.log(holds.length === 0 ? '  (empty)' : `  ${holds.join(', ')}`)
  return confirm('Delete it?')
}
