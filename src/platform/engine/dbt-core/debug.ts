import type { DbtCall, Engine, Project } from '../../contract.js'
import { platformErrors } from '../../errors.js'

const shownLines = 6

/**
 * Has the dbt that a project names look at itself, its profile and its warehouse (`dbt debug`).
 * @returns which dbt it is @throws DBT_CORE_NOT_READY with its last words
 */
export async function debugInstalledDbt(engine: Pick<Engine, 'dbt'>, project: Project, env: DbtCall['env']) {
  const lines: string[] = []
  const say = (line: string) => lines.push(line.trim())
  const code = await engine.dbt({ argv: ['debug'], cwd: project.dir, env, isTty: false, stdout: say, stderr: say })
  if (code !== 0)
    throw platformErrors.create('DBT_CORE_NOT_READY', {
      message: `dbt finds something that does not work: ${lines.filter(Boolean).slice(-shownLines).join(' ')}`,
      at: project.dbtCore?.at,
      hint: '`millrace dbt debug` shows all that it looked at.',
    })
  const told = (name: string) => lines.find((line) => line.includes(`${name}: `))?.split(`${name}: `)[1] ?? ''
  return `${told('dbt version')} with ${told('adapter type')} ${told('adapter version')}, reaches its warehouse`
}
