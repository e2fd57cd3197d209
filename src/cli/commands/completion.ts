import type { CommandDefinition } from '../command.js'
import { completionScripts, type Shell } from '../completion/scripts.js'

export const completion: CommandDefinition = {
  name: 'completion',
  arguments: [['<shell>', 'for which shell', Object.keys(completionScripts)]],
  summary: 'Print the completion script for a shell',
  details: "It completes commands, options, and the names of the project's connections, streams, models and assets.",
  examples: [
    ['source <(millrace completion bash)', 'bash: put this line into ~/.bashrc'],
    ['millrace completion zsh > "${fpath[1]}/_millrace"', 'zsh, once'],
    ['millrace completion fish > ~/.config/fish/completions/millrace.fish', 'fish, once'],
  ],
  json: 'nothing changes',
  async run(shell: Shell) {
    process.stdout.write(completionScripts[shell])
    return 0
  },
}
