import { findProject, openEngine } from '../../platform/index.js'
import { runDbtCommand, transformErrors } from '../../transform/index.js'
import { type GlobalOptions, interruptSignal, stderrLogger } from '../globals.js'

/** Commands that need no warehouse run right here, without asking or becoming the engine. */
const withoutWarehouse = new Set(['ls', 'list', 'parse', 'deps', 'clean', 'version', 'help'])

export async function dbt(args: readonly string[], options: GlobalOptions): Promise<number> {
  const argv = args.includes('--version') ? ['version'] : args
  const project = await findProject(options.projectDir ?? process.cwd(), { env: process.env }).catch(() => undefined)
  const command = argv.find((arg) => !arg.startsWith('-')) ?? 'help'
  const io = {
    stdout: (line: string) => console.log(line),
    stderr: (line: string) => console.error(line),
    isTty: process.stdout.isTTY === true,
    env: process.env,
    cwd: process.cwd(),
  }
  if (!project || withoutWarehouse.has(command)) {
    const folder =
      project?.dbtDir !== undefined && !argv.some((arg) => arg.startsWith('--project-dir'))
        ? ['--project-dir', project.dbtDir]
        : []
    return runDbtCommand([...argv, ...folder], {
      ...io,
      openWarehouse: () =>
        Promise.reject(
          transformErrors.create('TRANSFORM_USAGE', {
            message: 'There is no millrace.yaml here.',
            hint: 'Change into the project, or name it with --project-dir before `dbt`.',
          }),
        ),
    })
  }
  const engine = await openEngine(project, {
    env: process.env,
    logger: stderrLogger(options),
    command: `dbt ${command}`,
  })
  try {
    return await engine.dbt({ argv, ...io, signal: interruptSignal() })
  } finally {
    await engine.close()
  }
}
