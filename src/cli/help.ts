import type { Argument, Command } from 'commander'
import { out } from './output/colors.js'

const maxWidth = 100

/** How every help text looks: at most 100 columns wide, headings bold, the global options below the command's own. */
export function styleHelp(program: Command): void {
  const width = Math.min(process.stdout.columns ?? maxWidth, maxWidth)
  program
    .configureOutput({ getOutHelpWidth: () => width, getErrHelpWidth: () => width, outputError: () => {} })
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: (command) => (command.parent ? program.options.filter((o) => o.long !== '--version') : []),
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
      styleTitle: out.bold,
      styleCommandText: out.cyan,
      styleSubcommandText: out.cyan,
      styleOptionText: out.cyan,
    })
}

const argumentTerm = (argument: Argument) => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${name}>` : `[${name}]`
}

export type Example = readonly [commandLine: string, meaning: string]

/** Appends aligned examples to a command's help. */
export function addExamples(command: Command, examples: readonly Example[]): void {
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, meaning]) =>
    meaning === '' ? `  ${out.cyan(line)}` : `  ${out.cyan(line.padEnd(width))}  ${meaning}`,
  )
  command.addHelpText('after', `\n${out.bold(examples.length === 1 ? 'Example:' : 'Examples:')}\n${lines.join('\n')}`)
}
