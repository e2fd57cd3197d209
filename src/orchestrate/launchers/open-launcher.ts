import type { RunLauncher } from '../contract/index.js'
import { DockerLauncher } from './docker-launcher.js'
import { KubernetesLauncher } from './kubernetes/kubernetes-launcher.js'
import { ProcessLauncher } from './process-launcher.js'
import type { LauncherSettings, LauncherSurroundings } from './settings.js'

/** One place names the launchers. @throws RUN_LAUNCH_FAILED where its surroundings are not named */
export function openLauncher(settings: LauncherSettings, surroundings: LauncherSurroundings): RunLauncher {
  switch (settings.type) {
    case 'process':
      return new ProcessLauncher(surroundings)
    case 'docker':
      return new DockerLauncher(settings, surroundings)
    case 'kubernetes':
      return new KubernetesLauncher(settings, surroundings)
  }
}
