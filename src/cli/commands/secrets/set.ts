import { Option } from 'commander'
import { audited, whoAmI } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withQueue } from '../../open-project.js'
import { err } from '../../output/colors.js'
import { readHidden } from '../../read-hidden.js'
import { usersOf } from './users-of.js'

interface SetOptions extends GlobalOptions {
  readonly stdin?: boolean
}

export const set: CommandDefinition = {
  name: 'set',
  arguments: [['<name>', 'as files of connections name it: SHOP_PASSWORD for ${SHOP_PASSWORD}']],
  summary: 'Keep a secret, in the place of what it was',
  details:
    'Asks for it, without showing what is typed. It is kept encrypted in the metadata store, and connections that name it have it at once; a variable of the environment of the same name goes before it.',
  options: [new Option('--stdin', 'read it from standard input, to its end; what ends the last line is left out')],
  examples: [
    ['millrace secrets set SHOP_PASSWORD', 'asks for it'],
    ['millrace secrets set GOOGLE_KEY --stdin < key.json', 'a key of several lines'],
  ],
  json: 'the secret, as `secrets list` shows it',
  async run(name: string, options: SetOptions) {
    const value = await readHidden({ what: 'secret', label: name, flag: '--stdin', fromStdin: options.stdin === true })
    return withQueue(options, async ({ engine, access }) => {
      const { warning } = await audited(access, { action: 'secrets set', what: name }, () =>
        engine.setSecrets({ values: { [name]: value }, by: whoAmI() }),
      )
      if (warning !== undefined) console.error(`${err.yellow('warning')} ${warning}`)
      const made = (await engine.secrets()).find((one) => one.name === name)
      if (options.json) console.log(JSON.stringify(made))
      else if (made) {
        const users = usersOf(made)
        console.log(
          `Set ${name}. ${users.length === 0 ? 'No connection uses it yet.' : `Used by ${users.join(', ')}.`}`,
        )
        if (made.status === 'overridden')
          console.log(`The environment has a variable ${name} as well: that one is taken as long as it is set.`)
      }
      return 0
    })
  },
}
