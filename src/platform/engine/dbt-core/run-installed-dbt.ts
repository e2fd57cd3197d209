import { errorFromJson, toMillraceError } from '../../../base/index.js'
import { asksForHelp, asksForVersion, runCoreCommand } from '../../../transform/index.js'
import type { DbtCall, Project } from '../../contract.js'
import { platformErrors } from '../../errors.js'
import { withDefaults } from '../dbt/dbt-defaults.js'
import { placedError } from '../dbt/placed-error.js'
import { installedDbt } from './installed-dbt.js'

/**
 * Hands a command line to the dbt that the project names; answers its exit code.
 * @throws TRANSFORM_DBT_MISSING, DBT_CORE_UNSUPPORTED
 */
export async function runInstalledDbt(project: Project, argv: readonly string[], call: Omit<DbtCall, 'argv'>) {
  const { env, isTty, signal, stdout, stderr } = call
  const dbt = installedDbt(project, env)
  if (!dbt) throw new Error(`The project ${project.name} names no dbt.`)
  if (argv.find((word) => !word.startsWith('-')) === 'plan') throw noPlan()
  // Those take neither a profile nor a target.
  const isBare = asksForHelp(argv) || asksForVersion(argv) || argv.length === 0
  const words = isBare ? argv : withDefaults(argv, undefined, project.warehouse)
  try {
    const mark = `dbt-core/command/${project.name}`
    return await runCoreCommand(dbt, words, { cwd: dbt.projectDir, mark, isTty, signal, stdout, stderr })
  } catch (thrown) {
    throw errorFromJson({ ...placedError(project, toMillraceError(thrown).toJSON()), at: project.dbtCore?.at as never })
  }
}

const noPlan = () =>
  platformErrors.create('DBT_CORE_UNSUPPORTED', {
    message: '`plan` is a command of the engine of Millrace itself, and this project has `engine: dbt-core`.',
    hint: '`millrace dbt ls --select state:modified+ --state <folder>` lists what changed. With `engine: millrace` in millrace.yaml the plan works.',
  })
