import { Option } from 'commander'
import { plural } from '../../base/index.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'

interface InitCommandOptions extends GlobalOptions {
  readonly empty?: boolean
  readonly force?: boolean
}

export const init: CommandDefinition = {
  name: 'init',
  arguments: [['[dir]', 'where; the current folder when left out']],
  summary: 'Make a project from the flights example',
  options: [
    new Option('--empty', 'the same layout without the example'),
    new Option('--force', 'write into a folder that is not empty; overwrites files of the same names'),
  ],
  examples: [
    ['millrace init my-stack', 'a project with real data to look around in'],
    ['millrace init my-stack --empty', 'the same layout with nothing in it'],
  ],
  json: '{dir, files}, the files that were written',
  async run(dir: string | undefined, options: InitCommandOptions) {
    const { initProject } = await import('../../platform/index.js')
    const target = dir ?? '.'
    const files = await initProject(target, options)
    if (options.json) {
      console.log(JSON.stringify({ dir: target, files }))
      return 0
    }
    console.log(`${plural(files.length, 'file')} written to ${target}.\n\nNext:`)
    if (target !== '.')
      console.log(`  cd ${/^[\w./-]+$/.test(target) ? target : `'${target.replaceAll("'", "'\\''")}'`}`)
    console.log('  npm install           # Millrace and what the project needs')
    console.log('  npx millrace up       # everything, with the UI')
    return 0
  },
}
