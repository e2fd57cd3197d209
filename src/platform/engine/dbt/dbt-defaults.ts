import type { Project } from '../../contract.js'

/** The project's dbt folder, profile and target, unless the command line names its own. */
export function withDefaults(
  argv: readonly string[],
  dbtDir: string | undefined,
  { profile, target }: Project['warehouse'],
): string[] {
  const has = (flag: string) => argv.some((arg) => arg === flag || arg.startsWith(`${flag}=`))
  return [
    ...argv,
    ...(dbtDir !== undefined && !has('--project-dir') ? ['--project-dir', dbtDir] : []),
    ...(profile !== undefined && !has('--profile') ? ['--profile', profile] : []),
    ...(target !== undefined && !has('--target') && !argv.includes('-t') ? ['--target', target] : []),
  ]
}
