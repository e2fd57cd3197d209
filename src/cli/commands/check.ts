import type { CommandDefinition, GlobalOptions } from '../command.js'
import { interruptSignal } from '../interrupt.js'
import { withEngine } from '../open-project.js'
import { out } from '../output/colors.js'
import { errorLines } from '../output/error-lines.js'

export const check: CommandDefinition = {
  name: 'check',
  arguments: [['<connection>', 'a connection of the project']],
  summary: 'Test whether a source can be reached and read',
  examples: [['millrace check flights', 'exit code 1 when it cannot']],
  json: '{status: "succeeded" or "failed", message?, error?, warnings?}',
  async run(name: string, options: GlobalOptions) {
    return withEngine(options, async (engine) => {
      const { status, message, error, warnings } = await engine.checkConnection(name, { signal: interruptSignal() })
      const isFine = status === 'succeeded'
      if (options.json) console.log(JSON.stringify({ status, message, error, warnings }))
      else {
        const mark = isFine ? out.green('ok    ') : out.red('failed')
        console.log(`${mark} ${name}${message && !error ? `: ${message}` : ''}`)
        for (const warning of warnings ?? []) console.log(`  ${out.yellow('warn')} ${warning}`)
        if (error) for (const line of errorLines(error)) console.log(`  ${line}`)
      }
      return isFine ? 0 : 1
    })
  },
}
