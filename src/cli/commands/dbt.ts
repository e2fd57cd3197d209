import { MillraceError } from '../../base/index.js'
import { terminalQuestions } from '../ask.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { interruptSignal } from '../interrupt.js'
import { stderrLogger } from '../output/stderr-logger.js'
import { packageVersion } from '../package-version.js'

/** Commands that need no warehouse run right here, without asking or becoming the engine; so does a bare dbt project. */
const withoutWarehouse = new Set(['ls', 'list', 'parse', 'deps', 'clean', 'init', 'version', 'help'])

export const dbt: CommandDefinition = {
  name: 'dbt',
  arguments: [['[args...]', "dbt's own command line"]],
  usage: '<command> [flags]',
  summary: 'Any dbt command: build, run, test, seed, snapshot, ls, show, docs …',
  details:
    "Everything behind `dbt` is dbt's own command line: same commands, flags, artifacts and exit codes. `millrace dbt <command> --help` lists the flags of one. Commands: build run test seed snapshot compile plan clone show ls list parse init debug docs run-operation source retry clean deps.",
  examples: [
    ['millrace dbt build --select staging+', 'models, tests, seeds and snapshots'],
    ['millrace dbt show --select my_model --limit 5', 'its first rows'],
    ['millrace dbt docs generate', 'catalog.json and manifest.json below target/'],
  ],
  json: "nothing changes here; dbt's own flag is --log-format json, behind the command",
  async run(argv: readonly string[], options: GlobalOptions) {
    const [
      { findProject, memoryFolder, openEngine, runInstalledDbt, Warehouses },
      { asksForHelp, asksForVersion, commandIn, runDbtCommand },
    ] = await Promise.all([import('../../platform/index.js'), import('../../transform/index.js')])
    const project = await findProject(options.projectDir ?? process.cwd(), { env: process.env }).catch((error) => {
      if (error instanceof MillraceError && error.code === 'PROJECT_NOT_FOUND') return undefined
      throw error
    })
    const command = commandIn(argv) ?? 'help'
    const io = {
      stdout: (line: string) => console.log(line),
      stderr: (line: string) => console.error(line),
      isTty: process.stdout.isTTY === true,
      env: process.env,
      cwd: process.cwd(),
    }
    const runsNothing = asksForHelp(argv) || asksForVersion(argv) || withoutWarehouse.has(command)
    // A dbt that is installed may want the warehouse for any of them; what is only shown it shows beside a running engine.
    if (project?.dbtCore && runsNothing) return runInstalledDbt(project, argv, { ...io, signal: interruptSignal() })
    if (!project || runsNothing) {
      const folder =
        project?.dbtDir !== undefined && !argv.some((arg) => arg.startsWith('--project-dir'))
          ? ['--project-dir', project.dbtDir]
          : []
      const warehouses = new Warehouses([], stderrLogger())
      const questions = terminalQuestions()
      try {
        return await runDbtCommand([...argv, ...folder], {
          ...io,
          // Asked for when there is something to interrupt: whoever is still parsing can only compute, and is ended at once.
          get signal() {
            return interruptSignal()
          },
          openWarehouse: (target) => warehouses.open(target),
          ask: questions.ask,
          ...(project ? { memoryDir: memoryFolder(project) } : {}),
        })
      } finally {
        questions.close()
        await warehouses.close()
      }
    }
    const engine = await openEngine(project, {
      env: process.env,
      logger: stderrLogger(),
      version: packageVersion(),
      command: `dbt ${command}`,
    })
    try {
      return await engine.dbt({ argv, ...io, signal: interruptSignal() })
    } finally {
      await engine.close()
    }
  },
}
