import { platformErrors } from '../errors.js'
import { initProject } from '../project/init-project.js'
import { type RunProgram, runProgram } from './run-program.js'

export interface NewProjectOptions {
  readonly empty?: boolean | undefined
  /** Whether npm installs what the project needs. */
  readonly withPackages: boolean
  readonly onStep: (text: string) => void
  readonly run?: RunProgram | undefined
  readonly signal?: AbortSignal | undefined
}

const npmMs = 15 * 60_000

/** Makes a project as `millrace init` does, with its packages. @throws PROJECT_EXISTS, PROJECT_NOT_WRITABLE, LOCAL_PACKAGES */
export async function makeLocalProject(dir: string, options: NewProjectOptions): Promise<void> {
  const { empty, withPackages, onStep, run = runProgram, signal } = options
  onStep(`Making a project in ${dir} …`)
  await initProject(dir, { empty })
  if (!withPackages) return
  onStep('Installing its packages (npm install) …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, stdout, stderr } = await run(npm, args, { cwd: dir, timeoutMs: npmMs, signal })
  if (code === 0) return
  signal?.throwIfAborted()
  const words = (stderr.trim() || stdout.trim()).split('\n').slice(0, 5).join('\n')
  throw platformErrors.create('LOCAL_PACKAGES', {
    message: `\`npm install\` failed in ${dir}${words === '' ? '' : `:\n${words}`}`,
    hint: `The project stays. Once npm works: cd ${dir}, npm install, and \`millrace local install\` again.`,
  })
}
