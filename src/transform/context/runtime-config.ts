import type { DbtPackage } from '../project/dbt-project.js'
import { toPython } from '../python/values.js'
import { argsDict, type Invocation } from './invocation.js'

export interface ConfiguredProject {
  readonly root: DbtPackage
  readonly packages: readonly DbtPackage[]
  readonly invocation: Invocation
}

/**
 * `ref.config`: the settings that dbt's own function happens to carry with it. No page tells of them, but packages that
 * record runs (elementary) read names, versions, vars and arguments there.
 */
export function runtimeConfig({ root, packages, invocation }: ConfiguredProject): unknown {
  const { target, cliVars, flags } = invocation
  const shared = { cli_vars: cliVars, args: argsDict(flags), target_name: target.targetName, threads: target.threads }
  const settingsOf = (own: DbtPackage) => ({
    ...own.configs,
    ...shared,
    project_name: own.name,
    version: own.version,
    project_root: own.dir,
    profile_name: target.profileName,
    target_path: own.targetPath,
    packages_install_path: own.packagesPath,
    vars: new VarProvider(own.vars),
  })
  const dependencies = Object.fromEntries(packages.map((own) => [own.name, settingsOf(own)]))
  return toPython({ ...settingsOf(root), dependencies })
}

/** The vars of one project, as dbt wraps them. */
class VarProvider {
  readonly #vars: unknown
  constructor(vars: DbtPackage['vars']) {
    this.#vars = toPython(vars)
  }
  jinjaAttribute(name: string): unknown {
    if (name === 'to_dict') return () => this.#vars
    return name === 'vars' ? this.#vars : undefined
  }
}
