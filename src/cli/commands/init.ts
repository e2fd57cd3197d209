import { initProject } from '../../platform/index.js'
import type { GlobalOptions } from '../globals.js'

interface InitCommandOptions extends GlobalOptions {
  readonly empty?: boolean
  readonly force?: boolean
}

export async function init(dir: string | undefined, options: InitCommandOptions): Promise<number> {
  const target = dir ?? '.'
  const files = await initProject(target, options)
  if (options.json) {
    console.log(JSON.stringify({ dir: target, files }))
    return 0
  }
  console.log(`${files.length} files written to ${target}.\n\nNext:`)
  if (target !== '.') console.log(`  cd ${target}`)
  console.log('  npm install           # Millrace and what the project needs')
  console.log('  npx millrace up       # everything, with the UI')
  return 0
}
