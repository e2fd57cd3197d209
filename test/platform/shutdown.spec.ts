import { expect, it } from 'vitest'
import { sleep, startUp } from '../support/millrace.js'
import { pidOf } from './pid-of.js'
import { ended, requestRun, slowProject } from './slow-project.js'

it('a TERM that reaches the supervisor and its engine at once gives back what runs, which goes on as the same attempt', {
  timeout: 180_000,
}, async () => {
  const project = await slowProject()
  let up = await startUp(project.dir)
  try {
    const runId = await requestRun(up)
    await project.hasBegun()
    const engine = await pidOf('engine', project.dir, up)
    const all = [engine, await pidOf('supervisor', project.dir, up)]
    // As systemd does with all processes of a unit, unless its KillMode says otherwise. The supervisor tells the engine again, and here
    // somebody does before it.
    process.kill(engine, 'SIGTERM')
    await sleep(20)
    for (const pid of all) process.kill(pid, 'SIGTERM')
    expect(await up.ended).toEqual({ code: 0, signal: null })
    await project.go()
    up = await startUp(project.dir)
    expect(await ended(up, runId)).toMatchObject({ status: 'succeeded', attempt: 1 })
  } finally {
    await up.stop()
    await project.remove()
  }
})
