import type { Command } from 'commander'
import { createProgram } from '../../src/cli/program.js'

/** The command tree as it prints to a pipe 100 columns wide, whatever terminal this runs in. */
function commands(): readonly { readonly path: string; readonly command: Command }[] {
  const program = createProgram({ version: '0.0.0' })
  program.configureOutput({ getOutHelpWidth: () => 100, getOutHasColors: () => false, writeOut: () => {} })
  const visit = (command: Command, path: string): { path: string; command: Command }[] => [
    { path, command },
    ...command.commands.flatMap((child) => visit(child, `${path} ${child.name()}`)),
  ]
  return visit(program, program.name())
}

function helpText(command: Command): string {
  let text = ''
  command.configureOutput({
    ...command.configureOutput(),
    writeOut: (part) => {
      text += part
    },
  })
  command.outputHelp()
  return text.replace(optionsOfAll, '').trimEnd()
}

/** What every command says of them is said once, at the top. */
const optionsOfAll = /\nEverywhere:\n(?: {2}.*\n)+/

const preface = `# Command line

Made by \`npm run generate\` from the commands themselves; \`millrace <command> --help\` prints the same,
\`millrace dbt --help\` the commands of dbt, and \`millrace dbt <command> --help\` the flags of one.

## For scripts

| Exit code | Means |
|---|---|
| 0 | All went well. |
| 1 | Something failed: a step of the run, a check, a query, a finding of \`doctor\`. |
| 2 | It could not start: a command line that is not understood, no project, broken settings, no store. |
| 130 | You interrupted it with Ctrl-C. |

\`--json\` prints JSON on standard output and nothing else: one document, or one object a line where a command streams.
Each command says below which. An error is \`{"error": {"code", "message", "hint", "at": {"file", "line", "column"}, …}}\`
on a line of its own; [errors.md](errors.md) lists the codes. Fields may be added; none changes its meaning. Notes for
people go to standard error.

Progress and colours appear on a terminal only, progress not in CI (\`CI\` is set) and not with \`TERM=dumb\`. \`NO_COLOR=1\` turns colours off, \`FORCE_COLOR=1\` turns them on in a pipe.

Times are those of the terminal's time zone, with its offset: \`2026-11-25 14:03:07+01:00\`, in UTC \`2026-11-25 14:03:07Z\`. What machines read, and the lines of \`millrace logs\`, which are compared with other logs, is ISO 8601 in UTC.

## Completion

    source <(millrace completion bash)                                        # bash, for this shell
    millrace completion zsh > "\${fpath[1]}/_millrace"                         # zsh
    millrace completion fish > ~/.config/fish/completions/millrace.fish       # fish

It completes commands, options, and the names of the project's connections and assets.

## Commands

Every command takes the options of \`millrace\` itself, too.
`

/** docs/cli.md: every help text. */
export function cliReference(): string {
  const sections = commands().map(({ path, command }) => `### ${path}\n\n\`\`\`text\n${helpText(command)}\n\`\`\`\n`)
  return `${preface}\n${sections.join('\n')}`
}
