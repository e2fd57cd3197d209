import { platformErrors } from '../errors.js'
import { DetachedManager } from './detached.js'
import { LaunchdManager } from './launchd.js'
import { type RunProgram, runProgram } from './run-program.js'
import type { Cancellable, ManagerKind, ServiceManager } from './service-manager.js'
import { SystemdManager } from './systemd.js'

export function openManager(kind: ManagerKind, run: RunProgram = runProgram): ServiceManager {
  switch (kind) {
    case 'systemd':
      return new SystemdManager({ run })
    case 'launchd':
      return new LaunchdManager({ run })
    case 'detached':
      return new DetachedManager()
  }
}

/** The one that is wanted, or the best that this machine offers. @throws LOCAL_MANAGER_MISSING */
export async function chooseManager(
  wanted: ManagerKind | undefined,
  { run = runProgram, ...options }: Cancellable & { readonly run?: RunProgram | undefined } = {},
): Promise<ServiceManager> {
  const kinds: readonly ManagerKind[] =
    wanted !== undefined ? [wanted] : process.platform === 'darwin' ? ['launchd', 'detached'] : ['systemd', 'detached']
  for (const kind of kinds) {
    const manager = openManager(kind, run)
    if (await manager.isUsable(options)) return manager
  }
  throw platformErrors.create('LOCAL_MANAGER_MISSING', {
    message: `${wanted} does not answer: this machine has none, or none for this user.`,
    hint: 'Leave out --manager to take what there is, or take --manager detached.',
  })
}
