import type { Argument, Command } from 'commander'
import type { Example } from './command.js'
import { out } from './output/colors.js'

const maxWidth = 100

/** How every help text looks: at most 100 columns wide, headings bold, the global options below the command's own. */
export function styleHelp(program: Command): void {
  const width = Math.min(process.stdout.columns || maxWidth, maxWidth)
  program
    .configureOutput({ getOutHelpWidth: () => width, getErrHelpWidth: () => width, outputError: () => {} })
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: (command) => (command.parent ? program.options.filter((o) => o.long !== '--version') : []),
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
      styleTitle: (title) => out.bold(title.replace('Global Options', 'Everywhere')),
      styleCommandText: out.cyan,
      styleSubcommandText: out.cyan,
      styleOptionText: out.cyan,
      styleArgumentText: out.cyan,
    })
}

const argumentTerm = (argument: Argument) => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${name}>` : `[${name}]`
}

interface Notes {
  readonly examples: readonly Example[]
  readonly last?: readonly string[]
}

/** What stands below the options: aligned examples, and last words. */
export function addNotes(command: Command, { examples, last = [] }: Notes): void {
  command.addHelpText('after', ({ command: shown }) => {
    const width = shown.configureOutput().getOutHelpWidth?.() ?? maxWidth
    return [
      '',
      ...exampleLines(examples, width),
      ...(last.length > 0 ? ['', ...last.flatMap(wrapTo(width))] : []),
    ].join('\n')
  })
}

/** The meaning stands beside the command line where all of them fit, and above it where they do not. */
function exampleLines(examples: readonly Example[], width: number): string[] {
  const column = Math.max(...examples.map(([line]) => line.length))
  const fits = examples.every(([, meaning]) => column + meaning.length + 4 <= width)
  return [
    out.bold(examples.length === 1 ? 'Example:' : 'Examples:'),
    ...examples.flatMap(([line, meaning]) => {
      if (meaning === '') return [`  ${out.cyan(line)}`]
      return fits
        ? [`  ${out.cyan(line.padEnd(column))}  ${meaning}`]
        : [`  ${out.dim(`# ${meaning}`)}`, `  ${out.cyan(line)}`]
    }),
  ]
}

const wrapTo = (width: number) => (text: string) => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}
