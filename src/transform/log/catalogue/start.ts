import { exactJson } from '../../python/exact-json.js'
import { defineEvent } from '../event.js'
import { errorTag, warningTag } from '../paint.js'

/** Before and around the work of a command. */
export const startEvents = {
  MainReportVersion: defineEvent<{ version: string; log_version: number }>(
    'A001',
    'info',
    ({ version }) => `Running with dbt${version}`,
  ),
  MainReportArgs: defineEvent<{ args: Record<string, string> }>(
    'A002',
    'debug',
    ({ args }) => `running dbt with arguments ${exactJson(args)}`,
  ),
  MissingProfileTarget: defineEvent<{ profile_name: string; target_name: string }>(
    'A005',
    'info',
    ({ profile_name, target_name }) => `target not specified in profile '${profile_name}', using '${target_name}'`,
  ),
  MainEncounteredError: defineEvent<{ exc: string }>('Z002', 'error', ({ exc }) =>
    errorTag(`Encountered an error:\n${exc}`),
  ),
  Formatting: defineEvent<{ msg: string }>('Z017', 'info', ({ msg }) => msg),
  Note: defineEvent<{ msg: string }>('Z050', 'info', ({ msg }) => msg),
  PrintEvent: defineEvent<{ msg: string }>('Z052', 'info', ({ msg }) => msg),
  CheckCleanPath: defineEvent<{ path: string }>('Z012', 'info', ({ path }) => `Checking ${path}/*`),
  ConfirmCleanPath: defineEvent<{ path: string }>('Z013', 'info', ({ path }) => `Cleaned ${path}/*`),
  FinishedCleanPaths: defineEvent('Z015', 'info', () => 'Finished cleaning all paths.'),
  OpenCommand: defineEvent<{ open_cmd: string; profiles_dir: string }>(
    'Z016',
    'info',
    ({ open_cmd, profiles_dir }) => `To view your profiles.yml file, run:\n\n${open_cmd} ${profiles_dir}`,
  ),
  DebugCmdOut: defineEvent<{ msg: string }>('Z047', 'info', ({ msg }) => msg),
  DebugCmdResult: defineEvent<{ msg: string }>('Z048', 'info', ({ msg }) => msg),
  ResourceReport: defineEvent<{
    command_name: string
    command_success: boolean
    command_wall_clock_time: number
    process_user_time: number
    process_kernel_time: number
    process_mem_max_rss: string
    process_in_blocks: string
    process_out_blocks: string
  }>('Z051', 'debug', (data) => `Resource report: ${JSON.stringify(data)}`),
  CommandCompleted: defineEvent<{ command: string; success: boolean; completed_at: string; elapsed: number }>(
    'Q039',
    'debug',
    ({ command, success, completed_at, elapsed }) =>
      `Command \`${command}\` ${success ? 'succeeded' : 'failed'} at ${completed_at.slice(11, 23)} after ${elapsed.toFixed(2)} seconds`,
  ),
  ArtifactWritten: defineEvent<{ artifact_type: string; artifact_path: string }>(
    'P001',
    'debug',
    ({ artifact_type, artifact_path }) => `Wrote artifact ${artifact_type} to ${artifact_path}`,
  ),
  SelectExcludeIgnoredWithSelectorWarning: defineEvent('Z064', 'warn', () =>
    warningTag('--selector decides what is taken: --select and --exclude are ignored.'),
  ),
}
