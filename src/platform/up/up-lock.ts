import { join } from 'node:path'
import type { Project } from '../contract.js'

/** Held by who runs `millrace up` on the project: `{pid, startedAt, version}`, and `{url, airbyteUrl}` once it serves. */
export const upLock = ({ stateDir }: Pick<Project, 'stateDir'>): string => join(stateDir, 'up.lock')
