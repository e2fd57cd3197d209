import { Option } from 'commander'
import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { withQueue } from '../../open-project.js'
import { confirm } from '../../questions.js'
import { usersOf } from './users-of.js'

interface RemoveOptions extends GlobalOptions {
  readonly yes?: boolean
}

export const remove: CommandDefinition = {
  name: 'remove',
  arguments: [['<name>', 'the secret']],
  summary: 'Forget a secret',
  details: 'Asks first where a connection names it: without it, that connection cannot be read.',
  options: [new Option('-y, --yes', 'do not ask')],
  examples: [['millrace secrets remove SHOP_PASSWORD', 'asks where it is in use']],
  json: '{name, isRemoved}',
  async run(name: string, options: RemoveOptions) {
    return withQueue(options, async ({ engine, access }) => {
      const users = usersOf((await engine.secrets()).find((one) => one.name === name) ?? { usedBy: [] })
      const isRemoved = await mayRemove(name, users, options)
      if (isRemoved) await audited(access, { action: 'secrets remove', what: name }, () => engine.removeSecret(name))
      if (options.json) console.log(JSON.stringify({ name, isRemoved }))
      else console.log(isRemoved ? `Removed ${name}.` : 'Nothing was removed.')
      return 0
    })
  },
}

/** @throws CLI_USAGE where nobody can be asked */
async function mayRemove(name: string, users: readonly string[], { yes, json }: RemoveOptions): Promise<boolean> {
  if (yes || users.length === 0) return true
  const named = `${users.join(', ')} ${users.length === 1 ? 'names' : 'name'} ${name}`
  if (json || process.stdin.isTTY !== true)
    throw cliErrors.create('CLI_USAGE', {
      message: `${named}, and nobody can be asked whether it may go.`,
      hint: 'Without a terminal, say so with --yes.',
    })
  console.log(`${named}: without it, what names it cannot be read.`)
  return confirm(`Remove ${name}?`)
}
